import { type Sections, sameText } from './sections';

/**
 * When a draft is sent, and what happens then. Pure: a clock and a server are told about elsewhere.
 *
 *   saved ──edit──▶ dirty ──send──▶ saving ──kept──▶ saved (or dirty, if typing went on)
 *                     ▲                ├─failed──▶ waiting ──send──▶ saving       the line broke: try again
 *                     │                ├─stale───▶ conflict ─┬─mine─▶ dirty       another window saved meanwhile
 *                     └────────────────┤                     └─theirs─▶ saved
 *                                      └─refused─▶ refused                        no longer ours to write
 */
export type Phase = 'saved' | 'dirty' | 'saving' | 'waiting' | 'conflict' | 'refused';

export interface Autosave {
  phase: Phase;
  text: Sections;
  /** What the server is known to hold, and its number. */
  kept: Sections;
  version: number;
  savedAt: string | null;
  /** What is on its way. */
  sent: Sections | null;
  firstEdit: number;
  lastEdit: number;
  tries: number;
  /** Number of the other window's version, while in conflict. */
  theirs: number | null;
  code: string | null;
}

export type Happening =
  | { kind: 'edit'; text: Sections; now: number }
  | { kind: 'send' }
  | { kind: 'kept'; version: number; savedAt: string; now: number }
  | { kind: 'failed'; code: string; now: number }
  | { kind: 'stale'; version: number | null; code: string }
  | { kind: 'refused'; code: string }
  | { kind: 'mine'; version: number; now: number }
  | { kind: 'theirs'; text: Sections; version: number; savedAt: string | null };

/** Sent after this much quiet, or this long after the first unsaved letter, whichever comes first. */
export const QUIET_MS = 1500;
export const LONGEST_MS = 5000;

export const opened = (text: Sections, version: number, savedAt: string | null): Autosave => ({
  phase: 'saved',
  text,
  kept: text,
  version,
  savedAt,
  sent: null,
  firstEdit: 0,
  lastEdit: 0,
  tries: 0,
  theirs: null,
  code: null,
});

export function step(state: Autosave, happening: Happening): Autosave {
  switch (happening.kind) {
    case 'edit':
      return edited(state, happening.text, happening.now);
    case 'send':
      return state.phase === 'dirty' || state.phase === 'waiting'
        ? { ...state, phase: 'saving', sent: state.text }
        : state;
    case 'kept':
      return keptBy(state, happening);
    case 'failed':
      return {
        ...state,
        phase: 'waiting',
        sent: null,
        tries: state.tries + 1,
        lastEdit: happening.now,
        code: happening.code,
      };
    case 'stale':
      return { ...state, phase: 'conflict', sent: null, theirs: happening.version, code: happening.code };
    case 'refused':
      return { ...state, phase: 'refused', sent: null, code: happening.code };
    case 'mine':
      return {
        ...state,
        phase: 'dirty',
        version: happening.version,
        theirs: null,
        code: null,
        firstEdit: happening.now,
        lastEdit: 0,
      };
    case 'theirs':
      return opened(happening.text, happening.version, happening.savedAt);
  }
}

function edited(state: Autosave, text: Sections, now: number): Autosave {
  const quiet = state.phase === 'saved';
  if (quiet && sameText(text, state.kept)) return { ...state, text };
  return {
    ...state,
    text,
    phase: quiet ? 'dirty' : state.phase,
    firstEdit: quiet ? now : state.firstEdit,
    lastEdit: now,
  };
}

/** Words typed while the last ones were on their way are still to be sent. */
function keptBy(state: Autosave, { version, savedAt, now }: Extract<Happening, { kind: 'kept' }>): Autosave {
  const kept = state.sent ?? state.kept;
  const more = !sameText(state.text, kept);
  return {
    ...state,
    phase: more ? 'dirty' : 'saved',
    kept,
    version,
    savedAt,
    sent: null,
    tries: 0,
    code: null,
    firstEdit: more ? now : state.firstEdit,
  };
}

/** Moment to send next (ms), or null when there is nothing to send or no sense in trying. */
export function dueAt(state: Autosave): number | null {
  if (state.phase === 'dirty') return Math.min(state.lastEdit + QUIET_MS, state.firstEdit + LONGEST_MS);
  if (state.phase === 'waiting') return state.lastEdit + Math.min(30_000, 1000 * 2 ** state.tries);
  return null;
}

/** True while something exists only on this machine. */
export const unsaved = (state: Autosave): boolean => !sameText(state.text, state.kept);
