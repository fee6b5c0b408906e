import type { Referral } from '../types';

const ended: ReadonlySet<string> = new Set(['closed', 'declined', 'cancelled', 'expired']);
export const isEnded = ({ state }: Pick<Referral, 'state'>): boolean => ended.has(state);

/** From when the running clock counts. */
export const clockFrom = ({ arrived_at, submitted_at }: Referral): string | null =>
  arrived_at ?? submitted_at;
