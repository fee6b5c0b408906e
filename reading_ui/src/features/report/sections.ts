import type { ReportView } from '@/api/types';

/** The three parts of a report, as the server names them. */
export const SECTIONS = ['findings', 'impression', 'advice'] as const;
export type Section = (typeof SECTIONS)[number];
export type Sections = Readonly<Record<Section, string>>;

export const REQUIRED: readonly Section[] = ['findings', 'impression'];

export const sectionsOf = ({ findings, impression, advice }: ReportView): Sections => ({
  findings,
  impression,
  advice,
});

/** The server trims line ends and outer blank lines; texts that differ only in that are the same. */
export const plain = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');

export const sameText = (a: Sections, b: Sections): boolean =>
  SECTIONS.every((name) => plain(a[name]) === plain(b[name]));

export const missing = (sections: Sections): Section[] =>
  REQUIRED.filter((name) => plain(sections[name]).trim() === '');

/** Puts text where the caret is, on a line of its own when it is a whole sentence after other text. */
export function insertAt(
  text: string,
  start: number,
  end: number,
  piece: string,
): { text: string; caret: number } {
  const before = text.slice(0, start);
  return { text: before + piece + text.slice(end), caret: before.length + piece.length };
}
