import { useQuery } from '@tanstack/react-query';
import { study as studyCall } from '@/api/calls';
import { get } from '@/api/client';
import type { Critical } from '@/api/types';
import * as calls from '../calls';
import * as referralCalls from '../referralCalls';
import type { CaseLine, Direction, Referral } from '../types';

/** What a new referral starts from, looked up as far as its page needs it. */
export interface Origin {
  kind: 'case' | 'report' | 'critical' | 'consultation' | 'study';
  id: string;
  direction: Direction | null;
  /** Of a study: what may become its case. The server finds the case of every other source itself. */
  study: { id: string; title: string; cases: CaseLine[] } | null;
  caseId: string | null;
  /** Drafts that somebody of this hospital has begun already. */
  drafts: Referral[];
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
  const found: Origin = { kind, id, direction, study: null, caseId: null, drafts: [] };
  if (kind === 'case') found.caseId = id;
  if (kind === 'critical')
    found.caseId = (await get<Critical>(`/api/criticals/${id}`, undefined, { signal })).case_id;
  if (kind === 'consultation')
    found.caseId = (
      await get<{ case_id: string }>(`/api/consultations/${id}`, undefined, { signal })
    ).case_id;
  if (kind === 'study') Object.assign(found, await ofStudy(id, signal));
  if (found.caseId) {
    const asked = { case: found.caseId, state: 'draft', limit: 20 };
    found.drafts = (await referralCalls.referrals(asked, signal)).items;
  }
  return found;
}

/** A signed report says more than the bare study: then the referral starts from it. */
async function ofStudy(id: string, signal: AbortSignal): Promise<Partial<Origin>> {
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
    study,
    caseId: known.items.length === 1 && latest ? latest.id : null,
    ...(signed ? { kind: 'report' as const, id: report.id } : {}),
  };
}

const firstLine = (text: string): string => text.trim().split('\n')[0]?.slice(0, 200) ?? '';
