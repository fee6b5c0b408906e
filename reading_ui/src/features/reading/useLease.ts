import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { act, type TaskVerb, type TaskWords } from '@/api/calls';
import { asProblem } from '@/api/problem';
import { keysOf } from '@/api/queries';
import type { StudyView, TaskView } from '@/api/types';
import { sayProblem } from '@/ui/problemText';
import { HEARTBEAT_MS, leaseGone, type Standing, standing, taken } from './lease';

export interface Lease {
  standing: Standing;
  /** The task was ours on this page and is no longer: says who has it, or nothing when it merely lapsed. */
  lost: { name: string } | null;
  busy: boolean;
  act(verb: TaskVerb, words?: TaskWords): Promise<boolean>;
  forgetLoss(): void;
}

/** Claim, keep, give back. The heartbeat runs only while the task is ours and stops with the page. */
export function useLease(study: StudyView, personId: string): Lease {
  const cache = useQueryClient();
  const [lost, setLost] = useState<{ name: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const { task } = study;
  const now = useMemo(() => standing(task, personId), [task, personId]);
  const studyId = study.study.id;

  const take = useCallback(
    (next: TaskView) => {
      cache.setQueryData<StudyView>(keysOf.study(studyId), (old) => (old ? { ...old, task: next } : old));
      void cache.invalidateQueries({ queryKey: keysOf.study(studyId) });
      void cache.invalidateQueries({ queryKey: keysOf.worklist });
    },
    [cache, studyId],
  );

  /** What we did last: giving the task away ourselves is no loss. */
  const own = useRef<TaskVerb | null>(null);
  const before = useRef(now);
  useEffect(() => {
    const gone = taken(before.current, now, own.current);
    before.current = now;
    if (gone) setLost(gone);
  }, [now]);

  const taskId = task?.id;
  const run = useCallback(
    async (verb: TaskVerb, words: TaskWords = {}): Promise<boolean> => {
      if (!taskId) return false;
      setBusy(true);
      own.current = verb;
      try {
        take(await act(taskId, verb, words));
        if (verb === 'claim') setLost(null);
        return true;
      } catch (error) {
        sayProblem(error);
        void cache.invalidateQueries({ queryKey: keysOf.study(studyId) });
        return false;
      } finally {
        setBusy(false);
      }
    },
    [cache, studyId, take, taskId],
  );

  const mine = now.kind === 'mine';
  useEffect(() => {
    if (!mine || !taskId) return;
    const beat = async () => {
      try {
        take(await act(taskId, 'heartbeat'));
      } catch (error) {
        const problem = asProblem(error);
        if (!leaseGone(problem.code)) return;
        setLost({ name: String(problem.params.name ?? '') });
        void cache.invalidateQueries({ queryKey: keysOf.study(studyId) });
      }
    };
    const timer = setInterval(() => void beat(), HEARTBEAT_MS);
    return () => clearInterval(timer);
  }, [cache, mine, studyId, take, taskId]);

  // Somebody may take the task up after it has lapsed: then say who.
  const known = lost && now.kind === 'other' ? { name: now.name } : lost;
  return { standing: now, lost: known, busy, act: run, forgetLoss: () => setLost(null) };
}
