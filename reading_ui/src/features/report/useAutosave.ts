import { useCallback, useEffect, useReducer, useRef } from 'react';
import { asProblem } from '@/api/problem';
import type { ReportView } from '@/api/types';
import { type Autosave, dueAt, type Happening, opened, step, unsaved } from './autosave';
import { fetchReport, save } from './calls';
import { dropCopy, keepCopy } from './safetyCopy';
import { type Sections, sectionsOf } from './sections';

/** What a refused save means: another window, no longer ours, or only a broken line. */
function happeningOf(error: unknown): Happening {
  const problem = asProblem(error);
  const now = Date.now();
  if (problem.code === 'version.stale') {
    const version = Number(problem.params.version);
    return { kind: 'stale', version: Number.isFinite(version) ? version : null, code: problem.code };
  }
  return problem.passing
    ? { kind: 'failed', code: problem.code, now }
    : { kind: 'refused', code: problem.code };
}

const drawn = () => new Promise((resolve) => setTimeout(resolve, 0));

export interface Saver {
  state: Autosave;
  edit(text: Sections): void;
  /** Sends what is unsaved at once; the version then held by the server, or null when it could not be kept. */
  flush(): Promise<number | null>;
  keepMine(): Promise<void>;
  takeTheirs(theirs: ReportView): void;
}

/** Keeps a draft on the server while it is written, and a copy on this machine until the server has it. */
export function useAutosave(
  report: ReportView,
  personId: string,
  enabled: boolean,
  onRefused: () => void,
): Saver {
  const [state, tell] = useReducer(step, report, (first) => opened(sectionsOf(first), first.version, null));
  const latest = useRef(state);
  latest.current = state;
  const underway = useRef<Promise<number | null> | null>(null);

  const send = useCallback((): Promise<number | null> => {
    const { text, version } = latest.current;
    tell({ kind: 'send' });
    const sending = save(report.id, text, version).then(
      (kept) => {
        tell({ kind: 'kept', version: kept.version, savedAt: kept.saved_at, now: Date.now() });
        return kept.version;
      },
      (error: unknown) => {
        tell(happeningOf(error));
        return null;
      },
    );
    underway.current = sending;
    return sending;
  }, [report.id]);

  const refused = state.phase === 'refused';
  useEffect(() => {
    if (refused) onRefused();
  }, [refused, onRefused]);

  // The task is in hand again: go on where the words stand, unless somebody else has written meanwhile.
  const was = useRef(enabled);
  useEffect(() => {
    const back = enabled && !was.current;
    was.current = enabled;
    if (!back || latest.current.phase !== 'refused') return;
    void fetchReport(report.id).then(({ version }) => {
      const same = version === latest.current.version;
      tell(
        same ? { kind: 'mine', version, now: Date.now() } : { kind: 'stale', version, code: 'version.stale' },
      );
    });
  }, [enabled, report.id]);

  const due = enabled ? dueAt(state) : null;
  useEffect(() => {
    if (due === null) return;
    const timer = setTimeout(() => void send(), Math.max(0, due - Date.now()));
    return () => clearTimeout(timer);
  }, [due, send]);

  useEffect(() => {
    if (unsaved(state))
      keepCopy(report.id, personId, { text: state.text, version: state.version, at: Date.now() });
    // What an earlier visit left behind is only dropped once something newer has been kept.
    else if (state.savedAt !== null) dropCopy(report.id, personId);
  }, [report.id, personId, state]);

  // Leaving the page in the middle of a pause: the last words go out now, the copy stays in case they do not arrive.
  const writing = useRef(enabled);
  writing.current = enabled;
  useEffect(
    () => () => {
      const { phase } = latest.current;
      if (writing.current && (phase === 'dirty' || phase === 'waiting')) void send();
    },
    [send],
  );

  const flush = useCallback(async (): Promise<number | null> => {
    if (latest.current.phase === 'saving') await underway.current;
    // The state after the awaited save arrives with the next drawing of the page.
    await drawn();
    const { phase, version } = latest.current;
    if (phase === 'conflict' || phase === 'refused') return null;
    return unsaved(latest.current) ? send() : version;
  }, [send]);

  const keepMine = useCallback(async () => {
    const { version } = await fetchReport(report.id);
    tell({ kind: 'mine', version, now: Date.now() });
  }, [report.id]);

  return {
    state,
    edit: useCallback((text: Sections) => tell({ kind: 'edit', text, now: Date.now() }), []),
    flush,
    keepMine,
    takeTheirs: useCallback(
      (theirs: ReportView) =>
        tell({ kind: 'theirs', text: sectionsOf(theirs), version: theirs.version, savedAt: null }),
      [],
    ),
  };
}
