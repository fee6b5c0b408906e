import { begun, outcome, type Progress } from './sending';
import type { Study } from './studies';

/** How studies ended, the worst first. */
export const ENDS = ['refused', 'stopped', 'partly', 'apart', 'done'] as const;
type End = (typeof ENDS)[number];

const endOf = (progress: Progress | undefined): End | undefined =>
  ENDS.find((end) => end === outcome(progress ?? begun()));

/** How many of the studies that were sent ended in which way; null while any of them has not ended. */
export function ends(progress: Readonly<Record<string, Progress>>): Record<End, number> | null {
  const counts = { refused: 0, stopped: 0, partly: 0, apart: 0, done: 0 };
  const sent = Object.values(progress);
  for (const each of sent) {
    const end = endOf(each);
    if (!end) return null;
    counts[end] += 1;
  }
  return sent.length > 0 ? counts : null;
}

/** What needs somebody first, then what went well, then what was not sent; else as they lay there. */
export function worstFirst(studies: readonly Study[], progress: Readonly<Record<string, Progress>>): Study[] {
  const rank = ({ uid }: Study) => {
    const end = endOf(progress[uid]);
    return end ? ENDS.indexOf(end) : ENDS.length;
  };
  return [...studies].sort((one, other) => rank(one) - rank(other));
}
