import { useRef, useSyncExternalStore } from 'react';

interface Readable<T> {
  get(): T;
  subscribe(tell: () => void): () => void;
}

/** Part of the viewer's state; draws again only when that part changes. */
export function useViewerState<T, P>(source: Readable<T>, part: (value: T) => P): P {
  const last = useRef<{ value: T; part: P } | null>(null);
  return useSyncExternalStore(source.subscribe, () => {
    const value = source.get();
    if (last.current?.value !== value) last.current = { value, part: part(value) };
    return last.current.part;
  });
}
