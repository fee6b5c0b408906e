/**
 * A form that is kept while it is written: when it is sent, and what happens then. Pure.
 *
 *   saved ──edit──▶ dirty ──send──▶ saving ──kept──▶ saved (or dirty, if writing went on)
 *                     ▲                ├─failed──▶ waiting ──send──▶ saving       the line broke: try again, at once when it is back
 *                     │                ├─stale───▶ conflict ─┬─mine─▶ dirty       somebody else saved meanwhile
 *                     └────────────────┤                     └─theirs─▶ saved
 *                                      └─refused─▶ refused                        no longer ours to write
 */
export type Phase = 'saved' | 'dirty' | 'saving' | 'waiting' | 'conflict' | 'refused';

export interface Keeping<T> {
  phase: Phase;
  value: T;
  /** What the server is known to hold, and its number. */
  kept: T;
  version: number;
  savedAt: string | null;
  sent: T | null;
  firstEdit: number;
  lastEdit: number;
  tries: number;
  /** When to try again after a failure. */
  retryAt: number;
  code: string | null;
}

export type Happening<T> =
  | { kind: 'edit'; value: T; now: number }
  | { kind: 'send' }
  | { kind: 'back'; now: number }
  | { kind: 'kept'; version: number; savedAt: string | null; now: number }
  | { kind: 'failed'; code: string; now: number }
  | { kind: 'stale'; code: string }
  | { kind: 'refused'; code: string }
  | { kind: 'moved'; version: number }
  | { kind: 'mine'; version: number; now: number }
  | { kind: 'theirs'; value: T; version: number };

export const QUIET_MS = 1200;
export const LONGEST_MS = 5000;

export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

export const opened = <T>(value: T, version: number, savedAt: string | null): Keeping<T> => ({
  phase: 'saved',
  value,
  kept: value,
  version,
  savedAt,
  sent: null,
  firstEdit: 0,
  lastEdit: 0,
  tries: 0,
  retryAt: 0,
  code: null,
});

export function step<T>(state: Keeping<T>, what: Happening<T>): Keeping<T> {
  switch (what.kind) {
    case 'edit':
      return edited(state, what.value, what.now);
    case 'send':
      return state.phase === 'dirty' || state.phase === 'waiting'
        ? { ...state, phase: 'saving', sent: state.value }
        : state;
    case 'back':
      return state.phase === 'waiting' ? { ...state, tries: 0, retryAt: what.now } : state;
    case 'kept': {
      const kept = state.sent ?? state.kept;
      const more = !same(state.value, kept);
      const { version, savedAt, now } = what;
      const phase = more ? 'dirty' : 'saved';
      return { ...state, phase, kept, version, savedAt, sent: null, tries: 0, code: null, firstEdit: now };
    }
    case 'failed':
      return {
        ...state,
        phase: 'waiting',
        sent: null,
        tries: state.tries + 1,
        retryAt: what.now + Math.min(30_000, 1000 * 2 ** (state.tries + 1)),
        code: what.code,
      };
    case 'stale':
      return { ...state, phase: 'conflict', sent: null, code: what.code };
    case 'refused':
      return { ...state, phase: 'refused', sent: null, code: what.code };
    case 'moved':
      return { ...state, version: what.version };
    case 'mine':
      return {
        ...state,
        phase: 'dirty',
        version: what.version,
        code: null,
        firstEdit: what.now,
        lastEdit: 0,
      };
    case 'theirs':
      return opened(what.value, what.version, state.savedAt);
  }
}

function edited<T>(state: Keeping<T>, value: T, now: number): Keeping<T> {
  const quiet = state.phase === 'saved';
  if (quiet && same(value, state.kept)) return { ...state, value };
  return {
    ...state,
    value,
    phase: quiet ? 'dirty' : state.phase,
    firstEdit: quiet ? now : state.firstEdit,
    lastEdit: now,
    // Who goes on writing is not kept waiting for a line that was down a while ago.
    retryAt: Math.min(state.retryAt, now + QUIET_MS),
  };
}

/** Moment to send next (ms), or null when there is nothing to send or no sense in trying. */
export function dueAt(state: Keeping<unknown>): number | null {
  if (state.phase === 'dirty') return Math.min(state.lastEdit + QUIET_MS, state.firstEdit + LONGEST_MS);
  if (state.phase === 'waiting') return state.retryAt;
  return null;
}

export const unsaved = (state: Keeping<unknown>): boolean => !same(state.value, state.kept);
