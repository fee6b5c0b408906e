import type { Hours } from './types';

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof days)[number];

const slotsWords = (slots: ReadonlyArray<readonly string[]> | undefined): string =>
  (slots ?? []).map((slot) => slot.join('–')).join(' ');

/** `周一–周五 08:00–12:00 14:00–17:00；周六 08:00–12:00`: days with the same hours stand together. */
export function hoursWords(hours: Hours, word: (day: Day) => string): string {
  const parts: Array<{ from: Day; to: Day; slots: string }> = [];
  for (const day of days) {
    const slots = slotsWords(hours[day]);
    const last = parts.at(-1);
    const follows = last && days.indexOf(last.to) + 1 === days.indexOf(day);
    if (slots === '') continue;
    if (last && follows && last.slots === slots) last.to = day;
    else parts.push({ from: day, to: day, slots });
  }
  return parts
    .map(({ from, to, slots }) => `${from === to ? word(from) : `${word(from)}–${word(to)}`} ${slots}`)
    .join('；');
}

/** `08:00-12:00, 14:00-17:30` as slots; null when it is none. Full-width marks of an input method are read too. */
export function slotsOf(text: string): string[][] | null {
  const parts = text
    .replaceAll('：', ':')
    .split(/[,，、;；\s]+/)
    .filter(Boolean);
  const slots: string[][] = [];
  for (const part of parts) {
    const found = /^(\d{1,2}):?(\d{2})[-–—~至](\d{1,2}):?(\d{2})$/.exec(part);
    if (!found) return null;
    const from = `${found[1]?.padStart(2, '0')}:${found[2]}`;
    const to = `${found[3]?.padStart(2, '0')}:${found[4]}`;
    if (from >= to || to > '24:00' || Number(found[2]) > 59 || Number(found[4]) > 59) return null;
    slots.push([from, to]);
  }
  return slots;
}

export const slotsText = (slots: ReadonlyArray<readonly string[]> | undefined): string =>
  (slots ?? []).map((slot) => slot.join('-')).join(', ');
