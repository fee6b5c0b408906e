import type { Referral } from '../types';

const ended: ReadonlySet<string> = new Set(['closed', 'declined', 'cancelled', 'expired']);
export const isEnded = ({ state }: Pick<Referral, 'state'>): boolean => ended.has(state);

const byPriority = { green: 0, urgent: 1, normal: 2 } as const;
const never = '9999';

/** What runs before what is over; green channel first; then what is due first; then the newest. */
export function byUrgency(a: Referral, b: Referral): number {
  return (
    Number(isEnded(a)) - Number(isEnded(b)) ||
    (isEnded(a) ? 0 : byPriority[a.priority] - byPriority[b.priority]) ||
    (isEnded(a) ? 0 : (a.due_at ?? never).localeCompare(b.due_at ?? never)) ||
    b.created_at.localeCompare(a.created_at)
  );
}

/** From when the running clock counts. */
export const clockFrom = ({ arrived_at, submitted_at }: Referral): string | null =>
  arrived_at ?? submitted_at;
