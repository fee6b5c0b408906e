import type { Said, Verb } from '../referralCalls';
import type { Direction, ReferralView } from '../types';

export const declineReasons = [
  'no_bed',
  'not_our_field',
  'not_needed',
  'unfit_to_travel',
  'documents_missing',
  'other',
] as const;
export const outcomes = ['recovered', 'improved', 'unchanged', 'worse', 'transferred', 'died'] as const;

/** One thing that a step asks for; `kind` says how it is typed. */
export interface Ask {
  name: string;
  label: string;
  kind: 'line' | 'text' | 'moment' | 'site' | 'declined' | 'outcome' | 'advice';
  needed?: boolean;
}

/** A step as the server names it, what it is called here, and what must be said with it. */
export interface Step {
  /** The server's move, as offered. */
  move: string;
  verb: Verb;
  asks: readonly Ask[];
  danger?: boolean;
  /** Whether it is asked once more, the patient named, before it is done: there is no way back. */
  sure?: (view: Pick<ReferralView, 'direction' | 'departed_at'>) => boolean;
}

/** Every step of a sent referral in the order of its buttons: what carries on before what stops. */
export const steps: readonly Step[] = [
  {
    move: 'accept',
    verb: 'accept',
    asks: [
      { name: 'department', label: 'department', kind: 'line' },
      { name: 'bed', label: 'bed', kind: 'line' },
      { name: 'slot_at', label: 'slot', kind: 'moment' },
      { name: 'note', label: 'note', kind: 'text' },
    ],
  },
  { move: 'answer', verb: 'answer', asks: [{ name: 'text', label: 'answer', kind: 'text', needed: true }] },
  {
    move: 'depart',
    verb: 'depart',
    asks: [
      { name: 'vehicle', label: 'vehicle', kind: 'line' },
      { name: 'escort', label: 'escort', kind: 'line' },
      { name: 'expected_at', label: 'expected', kind: 'moment' },
    ],
  },
  {
    move: 'arrive',
    verb: 'arrive',
    asks: [],
    sure: ({ direction, departed_at }) => direction === 'up' && !departed_at,
  },
  {
    move: 'complete',
    verb: 'complete',
    asks: [
      { name: 'outcome', label: 'outcome', kind: 'outcome', needed: true },
      { name: 'text', label: 'summary', kind: 'text', needed: true },
      { name: 'follow_ups', label: 'advice', kind: 'advice' },
    ],
  },
  { move: 'close', verb: 'close', asks: [] },
  { move: 'turn_back', verb: 'return_down', asks: [] },
  { move: 'ask', verb: 'ask', asks: [{ name: 'text', label: 'question', kind: 'text', needed: true }] },
  {
    move: 'redirect',
    verb: 'redirect',
    asks: [
      { name: 'to_site_id', label: 'redirectTo', kind: 'site', needed: true },
      { name: 'reason', label: 'redirectReason', kind: 'text', needed: true },
    ],
  },
  {
    move: 'decline',
    verb: 'decline',
    danger: true,
    asks: [
      { name: 'reason', label: 'declineReason', kind: 'declined', needed: true },
      { name: 'text', label: 'declineText', kind: 'text' },
    ],
  },
  {
    move: 'cancel',
    verb: 'cancel',
    danger: true,
    asks: [{ name: 'reason', label: 'cancelReason', kind: 'text', needed: true }],
  },
];

/** The key of a step's word: going down, the first visit is the arrival and going back is up. */
export const wordOf = (move: string, direction: Direction): string =>
  direction === 'down' && (move === 'arrive' || move === 'turn_back')
    ? `referral.verb.${move}Down`
    : `referral.verb.${move}`;

/** What the sender is to do next, by a day or without one. */
export interface Advice {
  text: string;
  day: string;
}

/** As typed so far: one text that holds the rows, since every other answer is a text too. */
export const adviceOf = (typed: string | undefined): Advice[] => (typed ? JSON.parse(typed) : []);
const sentAdvice = (typed: string) =>
  adviceOf(typed)
    .filter(({ text }) => text.trim())
    .map(({ text, day }) => ({ text: text.trim(), due_at: day ? dueOn(day) : null }));

/** A day's work is due as it begins; what is planned for today once that is over, as it ends: nothing is late when it is planned. */
export function dueOn(day: string, now = Date.now()): string {
  const [begins, ends] = [new Date(`${day}T09:00:00`), new Date(`${day}T23:59:59`)];
  return (begins.getTime() < now && now <= ends.getTime() ? ends : begins).toISOString();
}

/** The day of a moment on this clock, as a date field wants it. */
export const dayOf = (now: number): string => new Date(now).toLocaleDateString('sv-SE');

/** What is sent: moments with their zone, nothing for what was left empty. */
export function saidOf(asks: readonly Ask[], typed: Record<string, string>): Said {
  return Object.fromEntries(
    asks.map(({ name, kind }) => {
      const value = (typed[name] ?? '').trim();
      if (kind === 'advice') return [name, sentAdvice(value)];
      if (kind !== 'moment') return [name, value];
      return [name, value ? new Date(value).toISOString() : null];
    }),
  );
}

export const complete = (asks: readonly Ask[], typed: Record<string, string>): boolean =>
  asks.every(({ name, needed }) => !needed || (typed[name] ?? '').trim() !== '') &&
  (typed.reason !== 'other' ||
    !asks.some(({ kind }) => kind === 'declined') ||
    (typed.text ?? '').trim() !== '');
