import { ASCII, type Codec, codecOf, GB18030, JAPANESE, KOREAN, LATIN_1 } from './charsets';

/** What an escape sequence does (PS3.3 C.12.1.1.2): the set of `term` into G0, or into G1 (`upper`). */
interface Designation {
  term: string;
  upper: boolean;
  codec: Codec;
  /** A set of two bytes in G0; what EUC writes before each character of it. */
  double?: readonly number[];
}

const upper = (term: string, codec: Codec): Designation => ({ term, upper: true, codec });
const lower = (term: string, double?: readonly number[]): Designation =>
  double ? { term, upper: false, codec: ASCII, double } : { term, upper: false, codec: ASCII };

const PLAIN = lower('6');
const ESCAPES: ReadonlyMap<string, Designation> = new Map([
  ['\x1b(B', PLAIN],
  ['\x1b(J', lower('13')],
  ['\x1b)I', upper('13', JAPANESE)],
  ['\x1b-A', upper('100', LATIN_1)],
  ['\x1b-B', upper('101', codecOf('101'))],
  ['\x1b-C', upper('109', codecOf('109'))],
  ['\x1b-D', upper('110', codecOf('110'))],
  ['\x1b-F', upper('126', codecOf('126'))],
  ['\x1b-G', upper('127', codecOf('127'))],
  ['\x1b-H', upper('138', codecOf('138'))],
  ['\x1b-L', upper('144', codecOf('144'))],
  ['\x1b-M', upper('148', codecOf('148'))],
  ['\x1b-T', upper('166', codecOf('166'))],
  ['\x1b-b', upper('203', codecOf('203'))],
  ['\x1b$B', lower('87', [])],
  ['\x1b$@', lower('87', [])],
  ['\x1b$(D', lower('159', [0x8f])],
  ['\x1b$)A', upper('58', GB18030)],
  ['\x1b$)C', upper('149', KOREAN)],
  ['\x1b$)E', upper('165', GB18030)],
]);
const UPPER = new Map([...ESCAPES.values()].filter((each) => each.upper).map((each) => [each.term, each]));
const PIECES = new RegExp(
  `${[...ESCAPES.keys()].map((each) => each.replace(/[$()]/g, '\\$&')).join('|')}|[\x80-\xff]+|[\0-\x1a\x1c-\x1f\x7f]|[\x20-\x7e]+|\x1b`,
  'g',
);

/** The text; whether every byte had a meaning; which sets its escape sequences named. */
export interface Escaped {
  text: string;
  strict: boolean;
  terms: ReadonlySet<string>;
}

export const hasEscape = (bytes: Uint8Array): boolean => bytes.includes(0x1b);

/** Text that switches its set (PS3.5 §6.1.2.5), read as `teleconsult/imaging/charset_escapes.py` does. */
export function readEscaped(bytes: Uint8Array, firstTerm: string): Escaped {
  const start = UPPER.get(firstTerm);
  const terms = new Set<string>();
  let text = '';
  let strict = true;
  let g0 = PLAIN;
  let g1 = start;
  for (const [piece] of (LATIN_1.read(bytes, false) ?? '').matchAll(PIECES)) {
    const designation = ESCAPES.get(piece);
    if (designation) {
      terms.add(designation.term);
      if (designation.upper) g1 = designation;
      else g0 = designation;
      continue;
    }
    const code = piece.charCodeAt(0);
    const read = decoded(piece, code >= 0x80 ? g1 : g0);
    text += read.text;
    strict &&= read.sound;
    if (code < 0x20) g0 = PLAIN;
    if (start && !g0.double && code < 0x80 && /[\\^=\n\f\r\t]/.test(piece)) g1 = start;
  }
  return { text, strict, terms };
}

function decoded(piece: string, by: Designation | undefined): { text: string; sound: boolean } {
  if (!by || piece.startsWith('\x1b')) return { text: '\ufffd'.repeat(piece.length), sound: false };
  if (by.double) {
    const before = by.double;
    const parts = piece.split(' ').map((part) => ofEuc(part, before));
    return { text: parts.map(({ text }) => text).join(' '), sound: parts.every(({ sound }) => sound) };
  }
  const bytes = Uint8Array.from(piece, (each) => each.charCodeAt(0));
  const text = by.codec.read(bytes, true);
  if (text === null) return { text: by.codec.read(bytes, false) ?? '', sound: false };
  return { text, sound: !by.codec.oneByte || !/[\x80-\x9f]/.test(piece) };
}

/** Two bytes a character, below 0x80: EUC has the same above. */
function ofEuc(part: string, before: readonly number[]): { text: string; sound: boolean } {
  const bytes: number[] = [];
  for (let at = 0; at < part.length; at += 2) {
    const pair = [...part.slice(at, at + 2)].map((each) => each.charCodeAt(0) | 0x80);
    bytes.push(...before, ...pair);
  }
  const raw = Uint8Array.from(bytes);
  try {
    return { text: new TextDecoder('euc-jp', { fatal: true }).decode(raw), sound: true };
  } catch {
    return { text: new TextDecoder('euc-jp').decode(raw), sound: false };
  }
}
