import type { Round } from './calls';

type Found = Pick<Round, 'findings_total'> & {
  findings: readonly Pick<Round['findings'][number], 'kind' | 'healed_at'>[];
};

/** How many files a round found lost or altered, and how many of them are not known to be right again; whether it
 * found anything `beside` them. */
export function damageOf({ findings, findings_total }: Found): {
  bad: number;
  open: number;
  beside: boolean;
} {
  const bad = findings.filter(({ kind }) => kind !== 'orphan');
  const open = bad.filter(({ healed_at }) => healed_at === null);
  return { bad: bad.length, open: open.length, beside: findings_total > bad.length };
}
