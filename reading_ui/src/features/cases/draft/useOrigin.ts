import { useQuery } from '@tanstack/react-query';
import { study as studyCall } from '@/api/calls';
import { get } from '@/api/client';
import type { Critical, Patient, StudyView } from '@/api/types';
import * as calls from '../calls';
import * as referralCalls from '../referralCalls';
import type { CaseLine, Consultation, Direction, Referral } from '../types';

/** What a new referral starts from, looked up as far as its page needs it. */
export interface Origin {
  kind: 'case' | 'report' | 'critical' | 'consultation' | 'study';
  id: string;
  direction: Direction | null;
  /** Whom it is for: nothing is begun for a patient who isn't named on the page. */
  who: Who;
  /** Of a study: what may become its case. The server finds the case of every other source itself. */
  study: { id: string; title: string; cases: CaseLine[] } | null;
  caseId: string | null;
  /** Drafts that somebody of this hospital has begun already. */
  drafts: Referral[];
}

export interface Who {
  patient: Pick<Patient, 'name' | 'doubtful' | 'sex' | 'age' | 'patient_id'>;
  site: string;
  studyAt: string | null;
  about: string;
}

const sources = ['critical', 'consultation', 'report', 'study', 'case'] as const;

export function useOrigin(search: URLSearchParams) {
  const kind = sources.find((one) => search.get(one));
  const id = kind ? (search.get(kind) ?? '') : '';
  const wanted = search.get('direction');
  const direction: Direction | null = wanted === 'up' || wanted === 'down' ? wanted : null;
  const found = useQuery({
    queryKey: ['referral-origin', kind, id, direction],
    queryFn: ({ signal }) => lookUp(kind ?? 'case', id, direction, signal),
    enabled: kind !== undefined,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    known: kind !== undefined,
    start: found.data,
    error: found.isError ? found.error : null,
    retry: () => void found.refetch(),
  };
}

async function lookUp(
  kind: Origin['kind'],
  id: string,
  direction: Direction | null,
  signal: AbortSignal,
): Promise<Origin> {
  const told = await sourcesOf[kind](id, signal);
  const found: Origin = { kind, id, direction, study: null, caseId: null, drafts: [], ...told };
  if (found.caseId) {
    const asked = { case: found.caseId, state: 'draft', limit: 20 };
    found.drafts = (await referralCalls.referrals(asked, signal)).items;
  }
  return found;
}

type Told = Partial<Origin> & Pick<Origin, 'who'>;

const sourcesOf: Record<Origin['kind'], (id: string, signal: AbortSignal) => Promise<Told>> = {
  case: async (id, signal) => {
    const found = await calls.caseOf(id, signal);
    const { patient, site, title } = found;
    return { caseId: id, who: { patient, site: site.name, studyAt: null, about: title } };
  },
  critical: async (id, signal) => {
    const found = await get<Critical>(`/api/criticals/${id}`, undefined, { signal });
    const patient = { ...found.patient, doubtful: false };
    const who = { patient, site: found.site.name, studyAt: null, about: found.description };
    return { caseId: found.case_id, who };
  },
  consultation: async (id, signal) => {
    const found = await get<Consultation>(`/api/consultations/${id}`, undefined, { signal });
    const { patient, case_id } = found;
    if (!patient) return sourcesOf.case(case_id, signal);
    return { caseId: case_id, who: { patient, site: patient.site, studyAt: null, about: found.number } };
  },
  report: async (id, signal) => {
    const found = await get<{ study_id: string }>(`/api/reports/${id}`, undefined, { signal });
    return { who: whoOf(await studyCall(found.study_id, signal)) };
  },
  study: ofStudy,
};

const whoOf = ({ patient, site, study }: StudyView): Who => ({
  patient,
  site: site.name,
  studyAt: study.study_at,
  about: study.description,
});

/** A signed report says more than the bare study: then the referral starts from it. */
async function ofStudy(id: string, signal: AbortSignal): Promise<Told> {
  const [view, known] = await Promise.all([
    studyCall(id, signal),
    calls.cases({ study: id, state: 'open', limit: 20 }, signal),
  ]);
  const { report } = view;
  const signed = report?.state === 'signed' || report?.state === 'addended';
  const study = {
    id,
    title: (signed && firstLine(report.impression)) || view.study.description,
    cases: known.items,
  };
  const [latest] = known.items;
  return {
    who: whoOf(view),
    study,
    caseId: known.items.length === 1 && latest ? latest.id : null,
    ...(signed ? { kind: 'report' as const, id: report.id } : {}),
  };
}

const firstLine = (text: string): string => text.trim().split('\n')[0]?.slice(0, 200) ?? '';
