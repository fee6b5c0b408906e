/** A value that can be watched; what React reads with `useSyncExternalStore`. */
export interface Readable<T> {
  get(): T;
  subscribe(tell: () => void): () => void;
}

export interface Cell<T> extends Readable<T> {
  set(next: T): void;
}

export function cell<T>(initial: T): Cell<T> {
  let current = initial;
  const watchers = new Set<() => void>();
  return {
    get: () => current,
    set(next) {
      if (Object.is(next, current)) return;
      current = next;
      for (const tell of watchers) tell();
    },
    subscribe(tell) {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
  };
}
