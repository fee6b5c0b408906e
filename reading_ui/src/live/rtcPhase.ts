/**
 * What the media connection does next, as a table without timers, sockets or devices. The client in `rtcClient.ts`
 * carries out the effects and reports what happened; this part says what follows.
 */

export type Phase =
  /** Nothing wanted: not entered yet, left, or images only by choice. */
  | 'off'
  /** A ticket is being asked for, the node dialled or the connections built. */
  | 'joining'
  | 'live'
  /** Lost, or refused for the moment: coming back by itself. */
  | 'waiting'
  /** Will not come back by itself; `why` says the reason. */
  | 'ended';

/** Why there is no media at present. Words for each in the room's i18n. */
export type MediaWhy =
  /** The installation has no media at all. */
  | 'off'
  /** One waits outside: there is nothing wrong, and nothing is said of it. */
  | 'outside'
  | 'no_node'
  | 'unreachable'
  | 'blocked'
  | 'loopback'
  | 'offline'
  | 'restart'
  | 'refused'
  | 'replaced'
  | 'removed'
  | 'closed'
  | 'full'
  | 'unsupported';

export interface PhaseState {
  phase: Phase;
  why: MediaWhy | null;
  /** Attempts since media was last live. */
  tries: number;
}

export type Happened =
  | { kind: 'wanted' }
  | { kind: 'unwanted' }
  | { kind: 'connected' }
  | { kind: 'lost'; why: MediaWhy }
  | { kind: 'refused'; code: string }
  | { kind: 'time' }
  | { kind: 'online' };

/** `admit`: ask for a ticket and build both connections anew. `drop`: give up what is there. `wait`: ring after ms. */
export type Effect = { do: 'admit' } | { do: 'drop' } | { do: 'wait'; ms: number };

export interface Step {
  state: PhaseState;
  effects: Effect[];
}

export const OFF: PhaseState = { phase: 'off', why: null, tries: 0 };

/** Refusals that another ticket does not cure. */
const FINAL: Record<string, MediaWhy> = {
  'seat.replaced': 'replaced',
  'seat.removed': 'removed',
  'room.closed': 'closed',
};
export const endsSeat = (code: string): boolean => code in FINAL;
/** Reasons that trying again cannot cure while nothing around has changed; looked at again now and then. */
const SLOW: ReadonlySet<MediaWhy> = new Set(['loopback', 'no_node', 'full']);

/** Why an admission came without a ticket, by the reason that it gives: somebody who waits for the host is given none. */
export const withoutTicket = (reason: string | null): MediaWhy =>
  reason === null ? 'outside' : reason === 'media.off' ? 'off' : 'no_node';

const QUICK_MS = [0, 250, 500, 500, 500, 750, 1000];
const STEADY_MS = 1_000;
const SLOW_MS = 5_000;
/** From the first time on: an installation without media is not given it within a meeting, and the host's news comes by another line. */
const PATIENT_MS: Partial<Record<MediaWhy, number>> = { off: 60_000, outside: 3_000 };

/**
 * Pauses between attempts. A node that died is replaced within seconds, and a link that comes back must carry media
 * within five: so the pauses never grow long. They are spread, or sixteen seats would all knock at one instant.
 */
export function pause(tries: number, why: MediaWhy | null, random: number = Math.random()): number {
  const patient = why ? PATIENT_MS[why] : undefined;
  const base = patient ?? (why && SLOW.has(why) && tries > 6 ? SLOW_MS : (QUICK_MS[tries] ?? STEADY_MS));
  return Math.round(base * (0.8 + 0.4 * random));
}

export function step(state: PhaseState, happened: Happened, random?: number): Step {
  const stay: Step = { state, effects: [] };
  switch (happened.kind) {
    case 'wanted':
      if (state.phase === 'joining' || state.phase === 'live') return stay;
      return { state: { phase: 'joining', why: null, tries: 0 }, effects: [{ do: 'admit' }] };
    case 'unwanted':
      return { state: OFF, effects: [{ do: 'drop' }] };
    case 'connected':
      if (state.phase !== 'joining') return stay;
      return { state: { phase: 'live', why: null, tries: 0 }, effects: [] };
    case 'lost':
      return lost(state, happened.why, random);
    case 'refused':
      return refused(state, happened.code, random);
    case 'time':
      if (state.phase !== 'waiting') return stay;
      return { state: { ...state, phase: 'joining' }, effects: [{ do: 'admit' }] };
    case 'online':
      return online(state);
  }
}

function lost(state: PhaseState, why: MediaWhy, random?: number): Step {
  if (state.phase === 'off' || state.phase === 'ended') return { state, effects: [] };
  const tries = state.phase === 'live' ? 0 : state.tries + 1;
  const waits = state.phase === 'waiting';
  if (waits) return { state: { ...state, why }, effects: [] };
  const ms = pause(tries, why, random);
  return { state: { phase: 'waiting', why, tries }, effects: [{ do: 'drop' }, { do: 'wait', ms }] };
}

function refused(state: PhaseState, code: string, random?: number): Step {
  const final = FINAL[code];
  if (final) return { state: { phase: 'ended', why: final, tries: 0 }, effects: [{ do: 'drop' }] };
  return lost(state, code === 'room.full' ? 'full' : 'refused', random);
}

/** The network changed or the machine woke up: whatever is there may be dead without knowing it. */
function online(state: PhaseState): Step {
  if (state.phase === 'off' || state.phase === 'ended') return { state, effects: [] };
  const next: PhaseState = { phase: 'joining', why: state.why ?? 'restart', tries: 0 };
  return { state: next, effects: [{ do: 'drop' }, { do: 'admit' }] };
}
