const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
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

export interface Suggestion {
  key: 'soon' | 'free' | 'hour' | 'morning';
  at: Date;
}

/** Times worth offering: at once, when the expert is next in, in an hour, tomorrow at nine. */
export function suggestions(now: number, freeAt: string | null): Suggestion[] {
  const morning = new Date(now);
  morning.setDate(morning.getDate() + 1);
  morning.setHours(9, 0, 0, 0);
  const found: Suggestion[] = [
    { key: 'soon', at: nextQuarter(now) },
    { key: 'hour', at: nextQuarter(now, 60) },
    { key: 'morning', at: morning },
  ];
  const free = freeAt ? Date.parse(freeAt) : Number.NaN;
  if (free > now + 20 * MINUTE) found.splice(1, 0, { key: 'free', at: new Date(free) });
  return found;
}
