import type { Critical } from '@/api/types';
import { ago, type Band, countdown, type Phrase } from '@/lib/time';

const HOUR = 3_600_000;

/** What is done about a finding, and what may become of it (codes of the server). */
export const actions = ['treat', 'consult', 'refer'] as const;
export const outcomes = ['improved', 'admitted', 'referred', 'died', 'declined', 'not_confirmed'] as const;
export const OTHER = 'other';

export const rings = ({ state }: Pick<Critical, 'state'>): boolean =>
  state === 'raised' || state === 'notifying';

/** Red while nobody has read it back, yellow until it is acted on, blue after, grey when it is over. */
export function bandOf(one: Pick<Critical, 'state'>): Band {
  if (rings(one)) return 'red';
  if (one.state === 'acknowledged') return 'yellow';
  return one.state === 'acting' ? 'blue' : 'grey';
}

/** `03:12` within the first hour, then hours or days: seconds count only while they matter. */
export function since(raisedAt: string, now: number): string | Phrase {
  const from = Date.parse(raisedAt);
  const ms = Math.max(0, now - from);
  // `countdown` rounds up, a stopwatch down.
  return ms < HOUR ? countdown(Math.floor(ms / 1000) * 1000) : ago(from, now);
}

/** Milliseconds until somebody read it back; until now while nobody has. */
export const waited = (one: Pick<Critical, 'raised_at' | 'acknowledged_at'>, now: number): number =>
  Math.max(0, (one.acknowledged_at ? Date.parse(one.acknowledged_at) : now) - Date.parse(one.raised_at));

/** What the silence was asked for: another finding, or another step of escalation, rings through it. */
export const fingerprint = (found: ReadonlyArray<Pick<Critical, 'id' | 'escalated'>>): string =>
  found
    .map(({ id, escalated }) => `${id}:${escalated}`)
    .sort()
    .join(' ');

export interface Silence {
  of: string;
  until: number;
}

export const silenced = (silence: Silence | null, of: string, now: number): boolean =>
  silence !== null && silence.of === of && now < silence.until;
