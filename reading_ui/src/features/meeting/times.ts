const two = (n: number): string => String(n).padStart(2, '0');

/** What a `datetime-local` field holds, in the clock of this screen. */
export const localTime = (at: Date): string =>
  `${localDay(at)}T${two(at.getHours())}:${two(at.getMinutes())}`;

/** What a `date` field holds. */
export const localDay = (at: Date): string =>
  `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

/** The instant as the server reads it; null while the field is empty or half typed. */
export function instant(text: string): string | null {
  const at = new Date(text);
  return text === '' || Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** The end of that day on this screen's clock. */
export const endOfDay = (day: string): string | null => (day === '' ? null : instant(`${day}T23:59:59`));

/** A day that is over on this screen's clock: what is to be done may still be due today. Nothing while it is half typed. */
export const isPast = (day: string, now = Date.now()): boolean => day !== '' && day < localDay(new Date(now));

export const inDays = (days: number, now = Date.now()): Date => new Date(now + days * 86_400_000);
