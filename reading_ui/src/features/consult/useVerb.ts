import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { keysOf } from '@/api/queries';
import { problemText } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import type { Consultation } from './types';

/** Puts an answer of the server where the screens look for it, and marks the lists as stale. */
export function useTake() {
  const cache = useQueryClient();
  return (view: Consultation) => {
    cache.setQueryData(keysOf.consultation(view.id), view);
    const lists = [keysOf.consultations, keysOf.desk, keysOf.consultationTimeline(view.id)];
    for (const queryKey of lists) void cache.invalidateQueries({ queryKey });
  };
}

export interface Said {
  verb: calls.Verb;
  words?: object;
}

/** Carries out one verb; says what came of it. Refused or not, what is shown is fetched anew. */
export function useVerb(id: string, onDone?: () => void) {
  const { t } = useTranslation('consult');
  const cache = useQueryClient();
  const navigate = useNavigate();
  const take = useTake();
  return useMutation({
    mutationFn: ({ verb, words }: Said) => calls.act(id, verb, words),
    onSuccess: (view, { verb }) => {
      toast(t(`done.${verb}`), { about: id });
      onDone?.();
      if (view) return take(view);
      void navigate('/consultations');
      for (const queryKey of [keysOf.consultations, keysOf.desk]) void cache.invalidateQueries({ queryKey });
    },
    onError: (error) => {
      toast(problemText(error), { tone: 'problem', about: id });
      void cache.invalidateQueries({ queryKey: keysOf.consultation(id) });
      void cache.invalidateQueries({ queryKey: keysOf.consultations });
    },
  });
}
