import { useEffect, useRef } from 'react';
import type { MediaClient } from '@/live/rtc';
import { presentFor } from './presence';

const TELL_MS = 5_000;

/**
 * Whoever listens to others touches no key for an hour and is at the desk all the same: while a room lives (somebody speaks,
 * points, turns to another picture, or its `version` moves on), being in it counts as presence. Gives the function to call whenever something happens in the room; speech is noticed here.
 */
export function usePresence(
  client: MediaClient,
  others: number,
  version: number,
  onPresence?: () => void,
): () => void {
  const lived = useRef(Date.now());
  const latest = useRef({ others, onPresence });
  latest.current = { others, onPresence };
  const before = useRef(version);
  if (before.current !== version) {
    before.current = version;
    lived.current = Date.now();
  }
  useEffect(() => {
    const timer = setInterval(() => {
      const { phase, speaking } = client.store.getState();
      const now = Date.now();
      if (speaking.length > 0) lived.current = now;
      const inCall = phase === 'live';
      const seen = document.visibilityState === 'visible';
      const here = presentFor({ others: latest.current.others, quietMs: now - lived.current, inCall, seen });
      if (here) latest.current.onPresence?.();
    }, TELL_MS);
    const spoken = client.store.subscribe(({ speaking }) => {
      if (speaking.length > 0) lived.current = Date.now();
    });
    return () => {
      clearInterval(timer);
      spoken();
    };
  }, [client]);
  return useRef(() => {
    lived.current = Date.now();
  }).current;
}
