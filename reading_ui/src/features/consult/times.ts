import i18next from 'i18next';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const FIVE = 5 * MINUTE;
const two = (n: number): string => String(n).padStart(2, '0');

/** What a `datetime-local` field holds, in the clock of this screen. */
export function localTime(at: Date): string {
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

export const fromLocal = (text: string): Date | null => {
  const at = new Date(text);
  return text === '' || Number.isNaN(at.getTime()) ? null : at;
};

/** The first quarter of an hour that is at least `least` minutes away. */
export const nextQuarter = (now: number, least = 10): Date =>
  new Date(Math.ceil((now + least * MINUTE) / QUARTER) * QUARTER);

/** At once: an urgent one begins within half an hour, so it does not wait for a round quarter. */
export const soonest = (now: number, urgent: boolean): Date =>
  urgent ? new Date(Math.ceil((now + FIVE) / FIVE) * FIVE) : nextQuarter(now);

/** `2030年11月22日星期五 22:30`: a date that nobody misreads. */
export const dayWords = (at: Date, language = i18next.language): string =>
  new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(at);

const DAY = 24 * 60 * MINUTE;

/** How many days ahead a time is that has to be said out loud before anybody is invited: late for its own clock, or a week away. */
export function farAhead(starts: Date | null, dueAt: string | null, now: number): number | null {
  if (!starts) return null;
  const late = dueAt !== null && starts.getTime() > Math.max(Date.parse(dueAt), now + DAY);
  const days = Math.floor((starts.getTime() - now) / DAY);
  return late || days >= 7 ? days : null;
}

export interface Suggestion {
  key: 'soon' | 'free' | 'hour' | 'morning';
  at: Date;
}

/** Times worth offering: at once, when the expert is next in, in an hour, tomorrow at nine. */
export function suggestions(now: number, freeAt: string | null, urgent = false): Suggestion[] {
  const morning = new Date(now);
  morning.setDate(morning.getDate() + 1);
  morning.setHours(9, 0, 0, 0);
  const soon = soonest(now, urgent);
  const found: Suggestion[] = [
    { key: 'soon', at: soon },
    { key: 'hour', at: nextQuarter(now, 60) },
    { key: 'morning', at: morning },
  ];
  const free = freeAt ? Date.parse(freeAt) : Number.NaN;
  if (free > now + 20 * MINUTE) found.splice(1, 0, { key: 'free', at: new Date(free) });
  // Whoever is in a consultation or not in at all cannot be had at once; an urgent one goes over hours, not over what is booked.
  return free > soon.getTime() && !urgent ? found.slice(1) : found;
}
