/** Clock words for the desks: what is left, how long ago, when. All pure; callers hand in `now` (ms). */

export type Band = 'red' | 'yellow' | 'blue' | 'grey';
export interface Phrase {
  key: string;
  n?: number;
  m?: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Share of the allowed time after which a task is "due soon". */
const SOON = 0.7;

const two = (n: number): string => String(n).padStart(2, '0');

/** Below so many days left the hours are said as well: `剩 2 天` would mean a day less than was given right after it was given. */
const HOURS_TOO = 10;

/** `剩 12 分`, `超时 5 分`: i18n key (namespace `ui`) and numbers. Under a minute counts seconds. */
export function dueClock(dueAt: string | null, now: number): Phrase | null {
  if (!dueAt) return null;
  const left = Date.parse(dueAt) - now;
  const side = left >= 0 ? 'left' : 'over';
  const ms = Math.abs(left);
  if (ms < MINUTE) return { key: `clock.${side}.seconds`, n: Math.floor(ms / 1000) };
  if (ms < HOUR) return { key: `clock.${side}.minutes`, n: Math.floor(ms / MINUTE) };
  if (ms < DAY)
    return {
      key: `clock.${side}.hours`,
      n: Math.floor(ms / HOUR),
      m: two(Math.floor((ms % HOUR) / MINUTE)),
    };
  const days = Math.floor(ms / DAY);
  if (side === 'over') return { key: 'clock.over.days', n: days };
  if (days < HOURS_TOO)
    return { key: 'clock.left.daysHours', n: days, m: String(Math.floor((ms % DAY) / HOUR)) };
  return { key: 'clock.left.days', n: Math.ceil(ms / DAY) };
}

/**
 * The server's band, moved on by the clock between two refetches: it may only get hotter.
 * Grey (paused, closed, receiving) never heats up.
 */
export function bandAt(band: Band, startedAt: string | null, dueAt: string | null, now: number): Band {
  if (band === 'grey' || band === 'red' || !dueAt) return band;
  const due = Date.parse(dueAt);
  if (now >= due) return 'red';
  const start = startedAt ? Date.parse(startedAt) : Number.NaN;
  if (now - start >= SOON * (due - start)) return 'yellow';
  return band;
}

/** `14:02` today, `11-21 14:05` this year, `2025-03-04 08:00` before; local time. */
export function shortTime(iso: string | null | undefined, now: number): string {
  if (!iso) return '';
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  const today = new Date(now);
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  if (at.toDateString() === today.toDateString()) return clock;
  if (at.getFullYear() === today.getFullYear()) return `${day} ${clock}`;
  return `${at.getFullYear()}-${day} ${clock}`;
}

/** `2026-11-21 14:05:09` in local time: for tooltips, audit rows and printouts. */
export function fullTime(iso: string | null | undefined): string {
  if (!iso) return '';
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `2026-11-21` of a date, an instant or a DICOM date and time (`20261121…`); a date without a time stays that day. */
export function dateOf(iso: string | null | undefined): string {
  if (!iso) return '';
  const dicom = /^(\d{4})(\d{2})(\d{2})(\d|$)/.exec(iso);
  if (dicom) return `${dicom[1]}-${dicom[2]}-${dicom[3]}`;
  return /^\d{4}-\d{2}-\d{2}$/.test(iso) ? iso : fullTime(iso).slice(0, 10);
}

const hospitalDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });

/**
 * The day of an examination as the hospital's own clock had it, wherever the screen stands: lists give it as an
 * instant, a study's own page as DICOM wrote it, and both must read the same in the identity strip.
 */
export function studyDay(at: string | null | undefined): string {
  if (!at || !/T.*(Z|[+-]\d\d:\d\d)$/.test(at)) return dateOf(at);
  const day = new Date(at);
  return Number.isNaN(day.getTime()) ? '' : hospitalDay.format(day);
}

/** `mm:ss` for a countdown. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

/** Seconds, minutes or hours since: i18n key (namespace `ui`) and number. */
export function ago(since: number, now: number): Phrase {
  const ms = Math.max(0, now - since);
  if (ms < MINUTE) return { key: 'clock.ago.seconds', n: Math.floor(ms / 1000) };
  if (ms < HOUR) return { key: 'clock.ago.minutes', n: Math.floor(ms / MINUTE) };
  if (ms < DAY) return { key: 'clock.ago.hours', n: Math.floor(ms / HOUR) };
  return { key: 'clock.ago.days', n: Math.floor(ms / DAY) };
}
