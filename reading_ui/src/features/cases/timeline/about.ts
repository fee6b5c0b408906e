import { type UseQueryResult, useQueries, useQuery } from '@tanstack/react-query';
import { study as studyCall } from '@/api/calls';
import { get } from '@/api/client';
import { keysOf } from '@/api/queries';
import type { Critical, StudyView } from '@/api/types';
import * as calls from '../calls';
import { caseKeys } from '../keys';
import * as referralCalls from '../referralCalls';
import type { CaseView, Consultation, FollowUp, MeetingItem, ReferralView } from '../types';

interface Opinion {
  id: string;
  diagnosis: string;
  question: string;
}

/** What is known about the things that the facts name, as far as this person may see it. */
export interface About {
  studies: Map<string, StudyView>;
  criticals: Map<string, Critical>;
  consultations: Map<string, Consultation>;
  opinions: Map<string, Opinion>;
  referrals: Map<string, ReferralView>;
  /** What MDT meetings were asked, with the meeting's name and day. */
  items: Map<string, MeetingItem>;
  followUps: FollowUp[];
  /** Until they are here nobody may say that there are none. */
  followUpsAsked: Pick<UseQueryResult, 'isPending' | 'isError' | 'error' | 'refetch'>;
}

const byId = <R extends { id: string }>(rows: (R | undefined)[]): Map<string, R> =>
  new Map(rows.filter((row): row is R => row !== undefined).map((row) => [row.id, row]));

/** Looks up everything that runs in a case; what is refused is simply not known. */
export function useAbout(view: CaseView): About {
  const seen = view.studies.filter((study) => study.verbs.includes('study.see'));
  const studies = useQueries({
    queries: seen.map((study) => ({
      queryKey: keysOf.study(study.id),
      queryFn: ({ signal }: { signal: AbortSignal }) => studyCall(study.id, signal),
    })),
  });
  const criticals = useQueries({
    queries: seen.map((study) => ({
      queryKey: [...caseKeys.criticals(view.id), study.id],
      queryFn: ({ signal }: { signal: AbortSignal }) => calls.criticalsOf(study.id, signal),
    })),
  });
  const consultations = useQuery({
    queryKey: caseKeys.consultations(view.id),
    queryFn: ({ signal }) => calls.consultationsOf(view.id, signal),
  });
  const asked = consultations.data?.items ?? [];
  const opinions = useQueries({
    queries: asked
      .filter((one) => one.state === 'signed' || one.state === 'closed')
      .map((one) => ({
        queryKey: keysOf.consultation(one.id),
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          get<Opinion>(`/api/consultations/${one.id}`, undefined, { signal }),
      })),
  });
  const referrals = useReferralsOf(view.id);
  const items = useItemsOf(view.id);
  const followUps = useQuery({
    queryKey: [...caseKeys.followUps, view.id],
    queryFn: ({ signal }) => referralCalls.followUps({ case: view.id, limit: 200 }, signal),
  });
  const views = studies.map((one) => one.data);
  return {
    studies: new Map(views.flatMap((one) => (one ? [[one.study.id, one] as const] : []))),
    criticals: byId(criticals.flatMap((one) => one.data?.items ?? [])),
    consultations: byId(asked),
    opinions: byId(opinions.map((one) => one.data)),
    referrals,
    items,
    followUps: followUps.data?.items ?? [],
    followUpsAsked: followUps,
  };
}

function useReferralsOf(caseId: string): Map<string, ReferralView> {
  const list = useQuery({
    queryKey: [...caseKeys.referrals, 'of-case', caseId],
    queryFn: ({ signal }) => referralCalls.referrals({ case: caseId, limit: 100 }, signal),
  });
  const whole = useQueries({
    queries: (list.data?.items ?? []).map((one) => ({
      queryKey: [...caseKeys.referral(one.id), one.version],
      queryFn: ({ signal }: { signal: AbortSignal }) => referralCalls.referral(one.id, signal),
    })),
  });
  return byId(whole.map((one) => one.data));
}

function useItemsOf(caseId: string): Map<string, MeetingItem> {
  const list = useQuery({
    queryKey: caseKeys.meetings(caseId),
    queryFn: ({ signal }) => calls.meetingsOf(caseId, signal),
  });
  const whole = useQueries({
    queries: (list.data?.items ?? []).map((one) => ({
      queryKey: caseKeys.meeting(one.id),
      queryFn: ({ signal }: { signal: AbortSignal }) => calls.meetingOf(one.id, signal),
    })),
  });
  const placed = whole.flatMap(({ data }) =>
    (data?.agenda ?? []).map((item) => ({
      ...item,
      meeting: data?.title ?? '',
      starts_at: data?.starts_at ?? '',
    })),
  );
  return byId(placed.filter((item) => item.case_id === caseId));
}
