/** When does an untouched desk warn, and when does it lock? Pure. */

export type IdleState = { kind: 'awake' } | { kind: 'warn'; left: number } | { kind: 'lock' };

const WARN_MS = 2 * 60_000;

/** Warns in the last two minutes (or the last fifth, when the whole time is short), locks at the end. */
export function idleState(lastActive: number, idleSeconds: number, now: number): IdleState {
  const whole = idleSeconds * 1000;
  const left = lastActive + whole - now;
  if (left <= 0) return { kind: 'lock' };
  if (left <= Math.min(WARN_MS, whole / 5)) return { kind: 'warn', left };
  return { kind: 'awake' };
}
