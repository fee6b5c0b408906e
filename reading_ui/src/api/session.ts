import { create } from 'zustand';
import type { Me } from './types';

/**
 * starting  first /api/me on its way · out  nobody signed in · in  signed in
 * expired   was signed in: the screens stay as they are under a sign-in panel, and requests wait for it
 */
export type SessionState = 'starting' | 'out' | 'in' | 'expired';

interface Session {
  state: SessionState;
  me: Me | null;
  /** Why it is expired: `session.other` when another person has signed in in another tab. */
  why: string;
  /** Moment (ms) of the last sign of a person at the desk. */
  lastActive: number;
}

export const useSession = create<Session>()(() => ({
  state: 'starting',
  me: null,
  why: '',
  lastActive: Date.now(),
}));

const waiting = new Set<(restored: boolean) => void>();

function wake(restored: boolean): void {
  for (const tell of [...waiting]) tell(restored);
  waiting.clear();
}

/** The same person came back (or first arrived): held requests go on. */
export function signedIn(me: Me): void {
  useSession.setState({ state: 'in', me, lastActive: Date.now() });
  wake(true);
}

/** Nobody is signed in any more, by choice: held requests fail. */
export function signedOut(): void {
  useSession.setState({ state: 'out', me: null });
  wake(false);
}

/** The server no longer knows the session. Only matters while somebody is at work. */
export function expired(why = 'session.absent'): void {
  if (useSession.getState().state === 'in') useSession.setState({ state: 'expired', why });
}

/** Resolves true when the same person has signed in again, false when they gave up. */
export function restored(): Promise<boolean> {
  const { state } = useSession.getState();
  if (state === 'in') return Promise.resolve(true);
  if (state !== 'expired') return Promise.resolve(false);
  return new Promise((resolve) => waiting.add(resolve));
}

export const csrf = (): string => useSession.getState().me?.csrf ?? '';
