const ESCAPE = new RegExp(`${String.fromCharCode(27)}[$()]*[A-Za-z0-9]`, 'g');

const decoded = (bytes: Uint8Array, charset: string): string | null => {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
};

const latin = (bytes: Uint8Array): string => new TextDecoder('windows-1252').decode(bytes);

/**
 * Text as most scanners of Chinese hospitals mean it, whatever they declare: what is valid UTF-8 is UTF-8; what is
 * declared Chinese, or Latin-1 with pairs of high bytes that make GB18030, is GB18030. It is shown to be confirmed; the
 * platform reads the file again by itself.
 */
export function textOf(bytes: Uint8Array, declared: string): string {
  const plain = decoded(bytes, 'utf-8');
  if (plain !== null) return tidy(plain.replace(ESCAPE, ''));
  const chinese = decoded(bytes, 'gb18030');
  const said = declared.toUpperCase();
  const western = /ISO_IR (?!192|100$)/.test(said) || /ISO 2022 IR (100|101|109|110)/.test(said);
  if (chinese !== null && !western && (/GB|58/.test(said) || pairs(bytes)))
    return tidy(chinese.replace(ESCAPE, ''));
  return tidy(latin(bytes));
}

/** Whether high bytes only come in pairs, as they do in Chinese and hardly ever in Latin-1 names. */
function pairs(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) {
    if ((bytes[at] ?? 0) < 0x81) continue;
    if ((bytes[at + 1] ?? 0) < 0xa1) return false;
    at++;
  }
  return true;
}

const tidy = (text: string): string => text.replace(/[\0\s]+$/, '').trim();
