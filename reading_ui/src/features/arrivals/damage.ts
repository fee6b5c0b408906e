import type { Round } from './calls';

type Finding = Pick<Round['findings'][number], 'kind' | 'healed_at'>;

/** How many files a round found lost or altered, and how many of them are not known to be right again. */
export function damageOf(findings: readonly Finding[]): { bad: number; open: number } {
  const bad = findings.filter(({ kind }) => kind !== 'orphan');
  return { bad: bad.length, open: bad.filter(({ healed_at }) => healed_at === null).length };
}
