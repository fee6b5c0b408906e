import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLiveSubject } from '@/live';
import { sayProblem } from '@/ui/problemText';
import * as calls from '../calls';
import { caseKeys } from '../keys';
import type { CaseFact, CaseView } from '../types';

/** Everything that a case's page shows and that one news of it makes stale. */
export const staleWith = (id: string) => [
  caseKeys.one(id),
  caseKeys.consultations(id),
  caseKeys.criticals(id),
  [...caseKeys.referrals, 'of-case', id],
  [...caseKeys.followUps, id],
];

/** A case with its facts, kept true by live news. */
export function useCase(id: string) {
  const view = useQuery({
    queryKey: [...caseKeys.one(id), 'view'],
    queryFn: ({ signal }) => calls.caseOf(id, signal),
  });
  const allowed = view.data?.verbs.includes('timeline.case') ?? false;
  const facts = useQuery<CaseFact[]>({
    queryKey: caseKeys.timeline(id),
    queryFn: ({ signal }) => calls.timeline(id, signal),
    enabled: allowed,
  });
  useLiveSubject('case', id, undefined, staleWith(id));
  return { view, facts };
}

/** Changes the case; what the server answers stands on the screen at once, the rest is fetched anew. */
export function useCaseVerb<Said>(id: string, run: (said: Said) => Promise<CaseView>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: (view) => cache.setQueryData([...caseKeys.one(id), 'view'], view),
    onError: (error) => sayProblem(error),
    onSettled: () => {
      for (const queryKey of [...staleWith(id), caseKeys.cases]) void cache.invalidateQueries({ queryKey });
    },
  });
}
