import i18next from 'i18next';

/** What last went wrong with a device, in words: what is kept is `code: detail`. An unknown code is shown as it is. */
export function peerFault(kept: string): string {
  const [code = '', detail = ''] = kept.split(/: (.*)/s);
  if (i18next.exists(`ui:fault.${code}`)) return i18next.t(`ui:fault.${code}`);
  // Of a gateway (kept without its prefix by older versions).
  if (i18next.exists(`ui:fault.gateway.${code}`)) return i18next.t(`ui:fault.gateway.${code}`);
  const said = `api:${code}`;
  // What the server's refusals name in their parameters is not kept here: only those that need none speak for themselves.
  if (i18next.exists(said) && !i18next.t(said).includes('{{')) return i18next.t(said);
  return detail ? `${code}（${detail}）` : kept;
}
