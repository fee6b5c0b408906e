import i18next from 'i18next';

/** What a refusal names first in its detail: an AE title in quotation marks, or an attribute. */
const NAMED = /^(?:'([^']+)'|([A-Z][A-Za-z]+)\b)/;

/** What last went wrong with a device, in words: what is kept is `code: detail`. An unknown code is shown as it is. */
export function peerFault(kept: string): string {
  const [code = '', detail = ''] = kept.split(/: (.*)/s);
  if (i18next.exists(`ui:fault.${code}`)) {
    const [, title, attribute] = (/^(dimse|step)\./.test(code) && NAMED.exec(detail)) || [];
    const named = title ?? attribute;
    const words = i18next.t(`ui:fault.${code}`);
    return named ? i18next.t('ui:faultNamed', { words, named }) : words;
  }
  // Of a gateway (kept without its prefix by older versions).
  if (i18next.exists(`ui:fault.gateway.${code}`)) return i18next.t(`ui:fault.gateway.${code}`);
  const said = `api:${code}`;
  // What the server's refusals name in their parameters is not kept here: only those that need none speak for themselves.
  if (i18next.exists(said) && !i18next.t(said).includes('{{')) return i18next.t(said).replace(/[。.]$/, '');
  // A fault of the program itself is kept by the name of its kind.
  if (/^[A-Za-z]*[A-Z]\w*$/.test(code)) return i18next.t('ui:faultOfNode', { kind: code });
  return detail ? `${code}（${detail}）` : kept;
}

/** Whether the last fault is of now: nothing good was heard of the device since. Otherwise it is past, and no state. */
export function faultStands(line: { last_error_at: string | null; last_seen_at: string | null }): boolean {
  return Date.parse(line.last_error_at ?? '') >= (line.last_seen_at ? Date.parse(line.last_seen_at) : 0);
}
