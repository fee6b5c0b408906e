import i18next from 'i18next';
import { asProblem } from '@/api/problem';
import { problemText } from '@/ui/problemText';
import { SECTIONS } from './sections';

/** What a refusal means for somebody at a report; what is not particular to reports is said by the general table. */
export function problemWords(error: unknown): string {
  const problem = asProblem(error);
  const key = `report:problem.${problem.code}`;
  if (!i18next.exists(key)) return problemText(problem);
  const { field } = problem.params;
  const section = SECTIONS.find((name) => name === field);
  return i18next.t(key, {
    ...problem.params,
    section: section ? i18next.t(`report:section.${section}`) : '',
  });
}

export const codeWords = (code: string): string => {
  const key = `report:problem.${code}`;
  if (i18next.exists(key)) return i18next.t(key);
  return i18next.exists(`api:${code}`) ? i18next.t(`api:${code}`) : code;
};
