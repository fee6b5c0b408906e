import { get, post, put, type Query } from '@/api/client';
import type { components } from '@/api/schema';
import type { Site } from '@/api/types';
import type { Direction, FollowUp, FollowUpPage, Library, ReferralPage, ReferralView } from './types';

const at = encodeURIComponent;
const one = (id: string) => `/api/referrals/${at(id)}`;

export const library = (signal?: AbortSignal) =>
  get<Library>('/api/referral-criteria', undefined, { signal, etag: true });
export const sites = (signal?: AbortSignal) =>
  get<{ items: Site[] }>('/api/admin/sites', undefined, { signal, etag: true });

export const referrals = (query: Query, signal?: AbortSignal) =>
  get<ReferralPage>('/api/referrals', query, { signal, etag: true });
export const referral = (id: string, signal?: AbortSignal) =>
  get<ReferralView>(one(id), undefined, { signal, etag: true });

/** What a referral starts from; it fills in what it knows. */
export interface Start {
  from_kind: 'case' | 'report' | 'critical' | 'consultation' | 'meeting';
  from_id: string;
  case_id?: string;
  direction: Direction;
}
export const propose = (start: Start) => post<ReferralView>('/api/referrals', start);

/** What the sender writes; what is left out stays. */
export type Written = Partial<
  Pick<
    ReferralView,
    | 'priority'
    | 'disease'
    | 'ticked'
    | 'reason'
    | 'summary'
    | 'wanted_department'
    | 'consent'
    | 'contact_name'
    | 'contact_phone'
    | 'plan'
    | 'medication'
    | 'turn_back'
    | 'turn_back_text'
    | 'pathway'
  > & { to_site_id: string | null }
>;
export const save = (id: string, said: Written, version: number) =>
  put<ReferralView>(one(id), { ...said, version });

export type Verb =
  | 'submit'
  | 'accept'
  | 'redirect'
  | 'ask'
  | 'answer'
  | 'decline'
  | 'depart'
  | 'arrive'
  | 'complete'
  | 'close'
  | 'cancel'
  | 'return_down';
export type Said = Record<
  string,
  string | number | null | undefined | { text: string; due_at: string | null }[]
>;
/** One step of a referral. `return_down` answers with the new draft. */
export const act = (id: string, verb: Verb, said: Said) => post<ReferralView>(`${one(id)}/${verb}`, said);

export const followUps = (query: Query, signal?: AbortSignal) =>
  get<FollowUpPage>('/api/follow-ups', query, { signal, etag: true });
export interface Planned {
  case_id: string;
  text: string;
  owner_site_id: string;
  /** Somebody of that hospital; without, it is for all of it. */
  owner_id: string | null;
  due_at: string | null;
}
/** Hospitals that have the case, and who takes care of patients there. */
export const owners = (caseId: string, signal?: AbortSignal) =>
  get<components['schemas']['Owners']>(`/api/follow-ups/owners/${at(caseId)}`, undefined, { signal });
export const plan = (said: Planned) => post<FollowUp>('/api/follow-ups', said);
export type Ending = 'done' | 'change' | 'decline';
export const endFollowUp = (id: string, verb: Ending, said: Said) =>
  post<FollowUp>(`/api/follow-ups/${at(id)}/${verb}`, said);
