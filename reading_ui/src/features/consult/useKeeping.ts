import { useCallback, useEffect, useReducer, useRef } from 'react';
import { asProblem } from '@/api/problem';
import { dueAt, type Happening, type Keeping, opened, same, step, unsaved } from './keeping';

export interface Held<T> {
  value: T;
  version: number;
  savedAt?: string | null;
}

export interface Keeper<T> {
  state: Keeping<T>;
  edit(change: Partial<T>): void;
  /** Sends what is unsaved at once; the version then held by the server, or null when it could not be kept. */
  flush(): Promise<number | null>;
  /** Asks the server what stands there now: the version when it is these words, null (a conflict) when it is others. */
  recheck(): Promise<number | null>;
  keepMine(): Promise<void>;
  takeTheirs(): Promise<void>;
}

interface Server<T> {
  save(value: T, version: number): Promise<{ version: number; savedAt: string | null }>;
  /** What the server holds now. */
  fresh(): Promise<Held<T>>;
}

/** Keeps a form on the server while it is written. A version that moved without touching the words is no conflict. */
export function useKeeping<T extends object>(first: Held<T>, server: Server<T>, enabled = true): Keeper<T> {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const state = useRef<Keeping<T> | null>(null);
  state.current ??= opened(first.value, first.version, first.savedAt ?? null);
  const now = () => state.current as Keeping<T>;
  const way = useRef(server);
  way.current = server;
  const underway = useRef<Promise<void> | null>(null);

  const tell = useCallback((what: Happening<T>) => {
    state.current = step(state.current as Keeping<T>, what);
    redraw();
  }, []);

  const send = useCallback(async (): Promise<void> => {
    const current = state.current as Keeping<T>;
    tell({ kind: 'send' });
    try {
      const kept = await way.current.save(current.value, current.version);
      tell({ kind: 'kept', ...kept, now: Date.now() });
    } catch (error) {
      tell(await happeningOf(error, current, way.current));
    }
  }, [tell]);
  const start = useCallback(() => {
    underway.current = send();
    return underway.current;
  }, [send]);

  const due = enabled ? dueAt(now()) : null;
  useEffect(() => {
    if (due === null) return;
    const timer = setTimeout(() => void start(), Math.max(0, due - Date.now()));
    return () => clearTimeout(timer);
  }, [due, start]);

  // The line is back: what waits goes out now, not at its next turn.
  useEffect(() => {
    const back = () => tell({ kind: 'back', now: Date.now() });
    window.addEventListener('online', back);
    return () => window.removeEventListener('online', back);
  }, [tell]);

  // Leaving in the middle of a pause: the last words go out now.
  const writing = useRef(enabled);
  writing.current = enabled;
  useEffect(
    () => () => {
      const { phase } = state.current as Keeping<T>;
      if (writing.current && (phase === 'dirty' || phase === 'waiting')) void start();
    },
    [start],
  );

  return {
    state: now(),
    edit: useCallback(
      (change) => tell({ kind: 'edit', value: merged(state.current as Keeping<T>, change), now: Date.now() }),
      [tell],
    ),
    flush: useCallback(async () => {
      await underway.current;
      for (let again = 0; again < 3 && unsaved(state.current as Keeping<T>); again++) {
        const { phase } = state.current as Keeping<T>;
        if (phase === 'conflict' || phase === 'refused') return null;
        await start();
      }
      const held = state.current as Keeping<T>;
      return unsaved(held) ? null : held.version;
    }, [start]),
    recheck: useCallback(async () => {
      const held = await way.current.fresh();
      const { kept, version } = state.current as Keeping<T>;
      if (!same(held.value, kept)) {
        tell({ kind: 'stale', code: 'version.stale' });
        return null;
      }
      if (held.version !== version) tell({ kind: 'moved', version: held.version });
      return held.version;
    }, [tell]),
    keepMine: useCallback(async () => {
      const { version } = await way.current.fresh();
      tell({ kind: 'mine', version, now: Date.now() });
    }, [tell]),
    takeTheirs: useCallback(async () => {
      const { value, version } = await way.current.fresh();
      tell({ kind: 'theirs', value, version });
    }, [tell]),
  };
}

const merged = <T>(state: Keeping<T>, change: Partial<T>): T => ({ ...state.value, ...change });

/** What a refused save means: somebody else's words, no longer ours, or only a broken line. */
async function happeningOf<T>(error: unknown, sent: Keeping<T>, server: Server<T>): Promise<Happening<T>> {
  const problem = asProblem(error);
  const now = Date.now();
  if (problem.code === 'version.stale') {
    const held = await server.fresh().catch(() => null);
    if (held && same(held.value, sent.kept)) return { kind: 'mine', version: held.version, now };
    return { kind: 'stale', code: problem.code };
  }
  return problem.passing
    ? { kind: 'failed', code: problem.code, now }
    : { kind: 'refused', code: problem.code };
}
