import { useEffect } from 'react';
import * as calls from '@/api/calls';
import { useSession } from '@/api/session';

/** Tabs of one browser share one person's activity through this entry. */
const SHARED = 'teleconsult.active';
/** A person at work tells the server at most this often. */
const TOUCH_MS = 60_000;
/** Mouse and keys are looked at no more often than this. */
const NOTE_MS = 5_000;

let touched = 0;

/** Somebody is at the desk: moves the local clock on and, now and then, the server's. */
export function active(now = Date.now()): void {
  const session = useSession.getState();
  if (session.state !== 'in') return;
  useSession.setState({ lastActive: now });
  localStorage.setItem(SHARED, String(now));
  if (now - touched < TOUCH_MS) return;
  touched = now;
  calls.touch().catch(() => undefined);
}

/** While mounted: keys, pointer and wheel count as presence, in this tab and in the others. */
export function useActivity(asking: boolean): void {
  useEffect(() => {
    if (asking) return;
    const note = () => {
      const now = Date.now();
      if (now - useSession.getState().lastActive >= NOTE_MS) active(now);
    };
    const other = (event: StorageEvent) => {
      if (event.key === SHARED && event.newValue) useSession.setState({ lastActive: Number(event.newValue) });
    };
    const kinds = ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const;
    for (const kind of kinds) window.addEventListener(kind, note, { passive: true, capture: true });
    window.addEventListener('storage', other);
    return () => {
      for (const kind of kinds) window.removeEventListener(kind, note, { capture: true });
      window.removeEventListener('storage', other);
    };
  }, [asking]);
}
