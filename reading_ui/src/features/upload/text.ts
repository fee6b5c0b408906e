import { type Codec, GB18030, isCommon, LATIN_1, type Repertoire, repertoire, UTF_8 } from './charsets';
import { hasEscape, readEscaped } from './escapes';

/** How the texts of a header are read, and whether somebody must look at the name. */
export interface Choice {
  read: (bytes: Uint8Array) => string;
  doubtful: boolean;
}

const MOSTLY = 0.75;
const NEUTRAL = /[\0-\x7f\u00b7\u2000-\u206f\u3000-\u303f\uff00-\uff65\uffe0-\uffee]+/gu; // signs that belong to no language
const GLUED =
  /(?<=[A-Za-z])[^\0-\x7f](?=[A-Za-z])|(?<=[A-Za-z]{3})[^\0-\x7f](?![^\0-\x7f])|(?<![^\0-\x7f])[^\0-\x7f](?=[A-Za-z]{3})/gu;
const BESIDE_LETTER = /[A-Za-z][^\0-\x7f]|[^\0-\x7f][A-Za-z]/u;
const CONTROLS = /[\x80-\x9f]/;
const LONG_RUN = /[^\0-\x7f]{4}/u;
const SYMBOLS = /[\u00a2-\u00a9\u00ac-\u00af\u00b4\u00b6\u00b8\u00b9\u00bb-\u00bf\u00d7\u00f7]/;

type Terms = readonly (Repertoire | undefined)[];
type Texts = readonly Uint8Array[];

const by = (codec: Codec, doubtful = false): Choice => ({
  read: (bytes) => codec.read(bytes, false) ?? '',
  doubtful,
});

/**
 * The reading for a header that declares `declared` and holds `texts`: the centre's own (`teleconsult/imaging/charset.py`, where the
 * rules are explained), so that what somebody confirms here is what stands there afterwards. One holds for the whole header.
 */
export function choose(declared: string, texts: Texts): Choice {
  const terms = declared.split('\\').map(repertoire);
  const telling = texts.filter((text) => hasEscape(text) || text.some((byte) => byte > 0x7f));
  if (telling.length === 0) return by(LATIN_1);
  return (
    escaped(terms, telling) ??
    utf8(terms, telling) ??
    declaredStrictly(terms, telling) ??
    chinese(terms, telling) ??
    asDeclared(terms, telling)
  );
}

/** One line without control characters, as the centre keeps it. */
export const tidy = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\0-\x1f\x7f-\x9f]+/g, ' ')
    .normalize('NFC')
    .trim();

const all = (codec: Codec, telling: Texts): string[] | null => {
  const read = telling.map((text) => codec.read(text, true));
  return read.every((text) => text !== null) ? read : null;
};

function escaped(terms: Terms, telling: Texts): Choice | null {
  if (!telling.some(hasEscape)) return null;
  const first = terms[0]?.term ?? '6';
  const readings = telling.map((text) => readEscaped(text, first));
  if (!readings.every(({ strict }) => strict)) return null;
  const known = new Set(['6', ...terms.map((each) => each?.term)]);
  const doubtful = readings.some((reading) => [...reading.terms].some((term) => !known.has(term)));
  return { read: (bytes) => readEscaped(bytes, first).text, doubtful };
}

function utf8(terms: Terms, telling: Texts): Choice | null {
  if (!all(UTF_8, telling)) return null;
  if (telling.some((text) => text.some((byte) => byte >= 0xe0))) return by(UTF_8);
  const readings = telling.map((text) => GB18030.read(text, false) ?? '');
  const alsoChinese = commonness(readings) === 1 && !readings.some((text) => BESIDE_LETTER.test(text));
  if (alsoChinese && terms.some((each) => each?.codec === GB18030)) return by(GB18030, true);
  return by(UTF_8, alsoChinese && !terms.some((each) => each?.term === '192'));
}

function declaredStrictly(terms: Terms, telling: Texts): Choice | null {
  if (terms[0]?.script === 'latin') return null;
  for (const each of terms)
    if ((each?.script === 'other' || each?.script === 'multi') && isStrict(each.codec, telling))
      return by(each.codec, each !== terms[0] && each.codec !== GB18030);
  return null;
}

function isStrict(codec: Codec, telling: Texts): boolean {
  if (telling.some(hasEscape)) return false;
  const read = all(codec, telling);
  return read !== null && !(codec.oneByte && read.some((text) => CONTROLS.test(text)));
}

function chinese(terms: Terms, telling: Texts): Choice | null {
  if (terms[0] && terms[0].term !== '6' && terms[0].term !== '100') return null;
  const texts = all(GB18030, telling);
  if (!texts) return null;
  const share = commonness(texts);
  const count = texts.flatMap(characters).length;
  if (share < MOSTLY || (count === 1 && texts.some((text) => BESIDE_LETTER.test(text)))) return null;
  return by(GB18030, share < 0.9 || count === 1);
}

function asDeclared(terms: Terms, telling: Texts): Choice {
  const codec = terms.find((each) => each && each.script !== 'plain')?.codec ?? LATIN_1;
  const choice = by(codec);
  const sound =
    terms.length === 1 &&
    terms[0]?.script === 'latin' &&
    !telling
      .map(choice.read)
      .some((text) => CONTROLS.test(text) || LONG_RUN.test(text) || SYMBOLS.test(text));
  return { ...choice, doubtful: !sound };
}

const characters = (text: string): string[] => [...text.replace(NEUTRAL, '')];

/** How much of what is not ASCII is common Chinese, 0 to 1. */
function commonness(texts: readonly string[]): number {
  const every = texts.flatMap(characters);
  if (every.length === 0) return 0;
  const glued = texts.flatMap((text) => text.match(GLUED) ?? []);
  return (every.filter(isCommon).length - glued.filter(isCommon).length) / every.length;
}
