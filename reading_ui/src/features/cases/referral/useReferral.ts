import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Site } from '@/api/types';
import { useLiveSubject } from '@/live';
import { problemText } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import { caseKeys } from '../keys';
import * as calls from '../referralCalls';
import type { Library, ReferralView } from '../types';

/** One referral, kept true by the news of its case. */
export function useReferral(id: string) {
  const found = useQuery({
    queryKey: [...caseKeys.referral(id), 'view'],
    queryFn: ({ signal }) => calls.referral(id, signal),
  });
  useLiveSubject('case', found.data?.case_id, undefined, [
    caseKeys.referral(id),
    caseKeys.one(found.data?.case_id ?? ''),
  ]);
  return found;
}

/** One step; the answer stands on the screen at once, lists and the case are fetched anew. */
export function useReferralVerb(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ verb, said }: { verb: calls.Verb; said: calls.Said }) => calls.act(id, verb, said),
    onSuccess: (view: ReferralView) => cache.setQueryData([...caseKeys.referral(view.id), 'view'], view),
    onError: (error) => toast(problemText(error), { tone: 'problem', about: id }),
    onSettled: (view) => {
      void cache.invalidateQueries({ queryKey: caseKeys.referral(id) });
      void cache.invalidateQueries({ queryKey: caseKeys.referrals });
      if (view) void cache.invalidateQueries({ queryKey: caseKeys.one(view.case_id) });
    },
  });
}

const ALWAYS = 3_600_000;

/** The lists of criteria and pathways; they change with releases. */
export function useLibrary(): Library | undefined {
  return useQuery({
    queryKey: caseKeys.library,
    queryFn: ({ signal }) => calls.library(signal),
    staleTime: ALWAYS,
  }).data;
}

export function useSites(): Site[] {
  const found = useQuery({
    queryKey: caseKeys.sites,
    queryFn: ({ signal }) => calls.sites(signal),
    staleTime: 300_000,
  });
  return useMemo(() => found.data?.items ?? [], [found.data]);
}
