import { get, post, put, type Query, request } from '@/api/client';
import type { FactView, ReportCheck, Site } from '@/api/types';
import type {
  CaseLine,
  CaseView,
  Centre,
  Colleague,
  Consultation,
  Draft,
  Expert,
  FileKind,
  Hours,
  Opinion,
  Page,
} from './types';

const at = encodeURIComponent;
const here = (id: string, verb = '') => `/api/consultations/${at(id)}${verb && `/${verb}`}`;

export const list = (query: Query, signal?: AbortSignal) =>
  get<Page>('/api/consultations', query, { signal, etag: true });
export const one = (id: string, signal?: AbortSignal) => get<Consultation>(here(id), undefined, { signal });
export const create = (body: Partial<Draft> & { case_id: string }) =>
  post<Consultation>('/api/consultations', body);

export interface Saved {
  version: number;
  saved_at: string;
}
export const save = (id: string, draft: Draft, version: number) =>
  put<Saved>(here(id), { ...draft, version });
export const writeOpinion = (id: string, opinion: Opinion, version: number) =>
  post<Consultation>(here(id, 'write_opinion'), { ...opinion, version });

/** Every other verb: what it needs goes along as it is. */
export type Verb =
  | 'submit'
  | 'cancel'
  | 'accept'
  | 'route'
  | 'ask_supplement'
  | 'supplement'
  | 'reject'
  | 'assign'
  | 'confirm'
  | 'decline_time'
  | 'start'
  | 'sign'
  | 'feedback'
  | 'rate_request'
  | 'close';
/** Null for whoever gave the consultation away by it and sees it no longer. */
export const act = (id: string, verb: Verb, words: object = {}) =>
  post<Consultation | null>(here(id, verb), words);

/** What happened to the case, of consultations and rooms alone. */
export const timeline = (caseId: string, signal?: AbortSignal) =>
  get<{ items: FactView[] }>(
    `/api/cases/${at(caseId)}/timeline`,
    { kind: 'consultation,room,paper' },
    { signal },
  );
export const verifyPaper = (id: string) => get<ReportCheck>(`/api/papers/${at(id)}/verify`);
export const paperUrl = (id: string) => `/api/papers/${at(id)}/pdf`;

// Experts
export const experts = (query: Query, signal?: AbortSignal) =>
  get<{ items: Expert[]; next: string | null; total: number }>('/api/experts', query, { signal, etag: true });
/** Who holds the role at one's hospital and does not stand in the directory yet. */
export const unlisted = (signal?: AbortSignal) =>
  get<{ items: Colleague[] }>('/api/experts/unlisted', undefined, { signal });
export interface Profile {
  specialty: string;
  introduction: string;
  accepting: boolean;
  hours: Hours;
  most_open: number;
}
export const describe = (person: string, profile: Partial<Profile>) =>
  put<Expert>(`/api/experts/${at(person)}`, profile);

// What a request is about
/** Hospitals where somebody triages. */
export const centres = (signal?: AbortSignal) =>
  get<{ items: Centre[] }>('/api/consultations/centres', undefined, { signal, etag: true });
/** Every hospital: which one stands above one's own. */
export const sites = (signal?: AbortSignal) =>
  get<{ items: Site[] }>('/api/admin/sites', undefined, { signal });
export const cases = (query: Query, signal?: AbortSignal) =>
  get<{ items: CaseLine[]; total: number }>('/api/cases', query, { signal });
export const caseView = (id: string, signal?: AbortSignal) =>
  get<CaseView>(`/api/cases/${at(id)}`, undefined, { signal });
export const openCase = (study_ids: string[], title: string) =>
  post<CaseView>('/api/cases', { study_ids, title });
export const addStudy = (caseId: string, study_id: string) =>
  post<CaseView>(`/api/cases/${at(caseId)}/studies`, { study_id });
export function attach(caseId: string, file: File, kind: FileKind): Promise<CaseView> {
  const form = new FormData();
  form.set('kind', kind);
  form.set('file', file, file.name);
  return request<CaseView>({ method: 'POST', path: `/api/cases/${at(caseId)}/attachments`, body: form });
}
export const withdrawFile = (id: string) => post<CaseView>(`/api/attachments/${at(id)}/withdraw`);
