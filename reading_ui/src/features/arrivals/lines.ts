import type { Side } from './calls';

export const LINES = [
  'name',
  'writings',
  'number',
  'sex',
  'birth',
  'accession',
  'study',
  'date',
  'sender',
  'at',
] as const;
export type LineKey = (typeof LINES)[number];

interface Words {
  sex: (code: string) => string;
  date: (day: string) => string;
  time: (instant: string) => string;
}

/** The writings of a name (ideographic, latin, phonetic), without the signs that part them. */
export const writings = (full: string): string =>
  full
    .split('=')
    .map((group) => group.replaceAll('^', ' ').trim())
    .filter(Boolean)
    .join(' / ');

/** What one side says, line by line, in the order of `LINES`. */
export function linesOf(side: Side, say: Words): { key: LineKey; text: string }[] {
  const texts: Record<LineKey, string> = {
    name: side.name,
    writings: writings(side.name_full),
    number: [side.patient_id, side.issuer].filter(Boolean).join(' @ '),
    sex: say.sex(side.sex),
    birth: say.date(side.birth_date),
    accession: side.accession,
    study: [side.modality, side.description].filter(Boolean).join(' · '),
    date: say.date(side.study_date),
    sender: [side.site, side.sender].filter(Boolean).join(' · '),
    at: say.time(side.at),
  };
  return LINES.map((key) => ({ key, text: texts[key] }));
}

/** One writing in common is enough: a scanner that leaves out the latin one contradicts nobody. */
const shares = (one: string, other: string): boolean =>
  one === '' || other === '' || one.split(' / ').some((writing) => other.split(' / ').includes(writing));

/** The lines in which the two sides contradict each other: both say something, and not the same. */
export function differing(claim: Side, known: Side | null): ReadonlySet<LineKey> {
  if (!known || claim.hidden) return new Set();
  const say = { sex: (code: string) => code, date: (day: string) => day, time: (instant: string) => instant };
  const [right, left] = [linesOf(claim, say), linesOf(known, say)];
  return new Set(
    right
      .filter(({ key, text }, place) => {
        const other = left[place]?.text ?? '';
        if (key === 'writings') return !shares(text, other);
        return key !== 'sender' && key !== 'at' && text !== '' && other !== '' && text !== other;
      })
      .map(({ key }) => key),
  );
}

/** In what two people contradict each other, as keys of `line`; what one of them does not say contradicts nothing. */
export function contradicting(one: Whose, other: Whose): ('name' | 'sex' | 'birth')[] {
  const unlike = (first: string, second: string) => first !== '' && second !== '' && first !== second;
  return [
    ...(unlike(one.name, other.name) ? (['name'] as const) : []),
    ...(unlike(one.sex, other.sex) ? (['sex'] as const) : []),
    ...(unlike(one.birth_date, other.birth_date) ? (['birth'] as const) : []),
  ];
}

interface Whose {
  name: string;
  sex: string;
  birth_date: string;
}
