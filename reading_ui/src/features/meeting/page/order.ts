import type { Item } from '../types';

/** A place on the agenda: which case, and how long its time box is. */
export interface Place {
  id: string;
  minutes: number;
}

/** One up or down; at the ends nothing moves. */
export function moved<T>(all: readonly T[], index: number, by: -1 | 1): T[] {
  const next = [...all];
  const [one] = next.splice(index, 1);
  if (one === undefined || index + by < 0 || index + by >= all.length) return [...all];
  next.splice(index + by, 0, one);
  return next;
}

/** Off this agenda: it takes no time any more. */
export const ended = ({ state }: Pick<Item, 'state'>): boolean =>
  state === 'declined' || state === 'withdrawn' || state === 'deferred';
