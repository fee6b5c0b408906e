import type { Query } from '@/api/client';
import type { Role } from '@/api/types';
import type { Line, State } from './types';

/** In which capacity one looks at consultations: each has its own shelves, in the order of the day's work. */
export const hats = ['answer', 'triage', 'ask', 'look'] as const;
export type Hat = (typeof hats)[number];

export interface Shelf {
  key: string;
  states: readonly State[];
  /** Only those that wait for this verb of mine, or that do not. */
  verb?: string;
  without?: string;
  mine?: boolean;
  /** The latest first instead of the most urgent. */
  ended?: boolean;
}

const ENDED: Shelf = { key: 'ended', states: ['closed', 'rejected', 'cancelled', 'expired'], ended: true };
const RUNNING: readonly State[] = ['accepted', 'scheduled', 'assigned', 'in_session', 'opinion'];

export const shelves: Record<Hat, readonly Shelf[]> = {
  ask: [
    { key: 'all', states: [] },
    { key: 'mine', states: [], mine: true },
    { key: 'draft', states: ['draft'] },
    { key: 'waiting', states: ['submitted', 'supplement'] },
    { key: 'running', states: RUNNING },
    { key: 'signed', states: ['signed'] },
    ENDED,
  ],
  triage: [
    { key: 'triage', states: ['submitted'] },
    { key: 'arrange', states: ['accepted'] },
    { key: 'supplement', states: ['supplement'] },
    { key: 'arranged', states: ['scheduled', 'assigned', 'in_session', 'opinion'] },
    { key: 'signed', states: ['signed'] },
    { key: 'all', states: [] },
    ENDED,
  ],
  answer: [
    { key: 'invited', states: ['scheduled'], verb: 'confirm' },
    { key: 'write', states: ['assigned', 'in_session', 'opinion'] },
    { key: 'scheduled', states: ['scheduled'], without: 'confirm' },
    { key: 'signed', states: ['signed'] },
    { key: 'all', states: [] },
    ENDED,
  ],
  look: [{ key: 'all', states: [] }, ENDED],
};

const bearers: Record<Exclude<Hat, 'look'>, readonly Role[]> = {
  answer: ['expert'],
  triage: ['coordinator'],
  ask: ['county_doctor', 'coordinator', 'expert'],
};

export function hatsOf(roles: ReadonlySet<Role>): Hat[] {
  const found = hats.filter((hat) => hat !== 'look' && bearers[hat].some((role) => roles.has(role)));
  return found.length > 0 ? found : ['look'];
}

export const MOST = 200;

/** The shelf in the server's words. */
export const queryOf = (hat: Hat, shelf: Shelf, q: string, urgency: string): Query => ({
  state: shelf.states.join(','),
  side: hat === 'look' ? '' : hat === 'ask' ? 'asking' : 'answering',
  mine: hat === 'answer' || shelf.mine ? 'true' : undefined,
  q,
  urgency,
  limit: MOST,
});

const never = Number.POSITIVE_INFINITY;
const dueOf = (line: Line): number => {
  const at = line.state === 'scheduled' ? (line.starts_at ?? line.due_at) : line.due_at;
  return line.paused || !at ? never : Date.parse(at);
};

/** Most urgent first; what no clock runs for keeps the server's order (newest first) below. */
export const byDue = (lines: readonly Line[]): Line[] =>
  lines.toSorted((a, b) => {
    const one = dueOf(a);
    const other = dueOf(b);
    return one === other ? 0 : one - other;
  });

/** What stands on the shelf. */
export function shelved(shelf: Shelf, lines: readonly Line[]): Line[] {
  const fitting = lines.filter(
    ({ verbs }) =>
      (!shelf.verb || verbs.includes(shelf.verb)) && (!shelf.without || !verbs.includes(shelf.without)),
  );
  return shelf.ended ? fitting : byDue(fitting);
}

/** How many stand there, as far as the server's counts by state tell. */
export function countOf(hat: Hat, shelf: Shelf, counts: Record<string, number>): number | undefined {
  if (shelf.ended || shelf.verb || shelf.without) return undefined;
  if (hat === 'answer') return shelf.states.length === 0 ? counts.mine : undefined;
  if (shelf.mine) return counts.mine ?? 0;
  if (shelf.states.length === 0) return counts.all ?? 0;
  return shelf.states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}
