import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { oncePer } from '@/lib/throttle';
import { follow, type Versioned } from './follow';
import { followSubject, onBack, onChanged, onNotice, type SubjectKind } from './socket';

const LIST_MS = 1000;

/** A list refetches when something in its scope changed, at most once a second, never two at a time. */
export function useLiveList(key: QueryKey, enabled = true): void {
  const cache = useQueryClient();
  const latest = useRef(key);
  latest.current = key;
  useEffect(() => {
    if (!enabled) return;
    const refresh = oncePer(LIST_MS, () => cache.invalidateQueries({ queryKey: latest.current }));
    const stops = [onChanged(refresh), onBack(refresh)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [cache, enabled]);
}

/** One study or task on the screen: facts it already holds are ignored, anything newer refetches the given keys. */
export function useLiveSubject(
  kind: SubjectKind,
  id: string | null | undefined,
  snapshot: Versioned | undefined,
  keys: QueryKey[],
): void {
  const cache = useQueryClient();
  const latest = useRef({ snapshot, keys });
  latest.current = { snapshot, keys };
  useEffect(() => {
    if (!id) return;
    const refresh = oncePer(LIST_MS, () =>
      Promise.all(latest.current.keys.map((queryKey) => cache.invalidateQueries({ queryKey }))),
    );
    return followSubject(kind, id, {
      gap: refresh,
      fact: (fact) => {
        const have = latest.current.snapshot;
        if (!have || follow(have, fact).refetch) refresh();
      },
    });
  }, [cache, kind, id]);
}

/** Runs when the server pushes a notice for this person. */
export function useLiveNotices(run: () => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const refresh = oncePer(LIST_MS, async () => latest.current());
    const stops = [onNotice(refresh), onBack(refresh)];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
}
