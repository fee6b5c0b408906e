import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { keysOf } from '@/api/queries';
import type { ReportView, StudyView } from '@/api/types';
import { toast } from '@/ui/toast';
import { problemWords } from './problemWords';

/** Puts a newer report into the study on the screen and makes the lists look again. */
export function useTakeReport(studyId: string): (report: ReportView) => void {
  const cache = useQueryClient();
  return useCallback(
    (report: ReportView) => {
      cache.setQueryData<StudyView>(keysOf.study(studyId), (old) => (old ? { ...old, report } : old));
      void cache.invalidateQueries({ queryKey: keysOf.study(studyId) });
      void cache.invalidateQueries({ queryKey: keysOf.worklist });
    },
    [cache, studyId],
  );
}

/** One verb on a report: takes the answer, or says why not and fetches the truth. */
export function useVerb<In>(studyId: string, call: (input: In) => Promise<ReportView>) {
  const cache = useQueryClient();
  const take = useTakeReport(studyId);
  return useMutation({
    mutationFn: call,
    onSuccess: take,
    onError: (error) => {
      toast(problemWords(error), { tone: 'problem' });
      void cache.invalidateQueries({ queryKey: keysOf.study(studyId) });
    },
  });
}
