import type { FactView } from '@/api/types';

/** What is done or found again and again and says little the second time; everything else always stands by itself. */
const repeated: ReadonlySet<string> = new Set([
  'ImagesOpened',
  'ReportRead',
  'ReportDownloaded',
  'ObjectDownloaded',
  'StoredBytesFoundBad',
]);

const sameDeed = (a: FactView, b: FactView): boolean =>
  a.name === b.name && a.actor === b.actor && a.site === b.site && a.study_id === b.study_id;

/** The facts in their order, with neighbours that say the same of the same person taken together. None is left out. */
export function runsOf(facts: readonly FactView[]): FactView[][] {
  const runs: FactView[][] = [];
  for (const fact of facts) {
    const run = runs.at(-1);
    if (run?.[0] && repeated.has(fact.name) && sameDeed(run[0], fact)) run.push(fact);
    else runs.push([fact]);
  }
  return runs;
}

/** What stands for a run: of what differs in kind only what all of it has in common. */
export function spokenOf(run: readonly FactView[]): FactView | undefined {
  const first = run[0];
  const alike = run.every((fact) => fact.details.kind === first?.details.kind);
  return first && !alike ? { ...first, details: {} } : first;
}
