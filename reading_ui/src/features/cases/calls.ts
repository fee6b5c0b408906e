import { get, patch, post, type Query } from '@/api/client';
import type { components } from '@/api/schema';
import type { Critical } from '@/api/types';
import type { AttachmentKind, CaseFact, CasePage, CaseView, Consultation, Severity } from './types';

type Schemas = components['schemas'];

const at = encodeURIComponent;
const one = (id: string) => `/api/cases/${at(id)}`;

export const cases = (query: Query, signal?: AbortSignal) =>
  get<CasePage>('/api/cases', query, { signal, etag: true });
export const caseOf = (id: string, signal?: AbortSignal) =>
  get<CaseView>(one(id), undefined, { signal, etag: true });

export interface Opening {
  study_ids: string[];
  title: string;
  summary: string;
  severity: Severity;
}
export const openCase = (said: Opening) => post<CaseView>('/api/cases', said);
export interface Editing {
  title?: string;
  summary?: string;
  severity?: Severity;
  version: number;
}
export const editCase = (id: string, said: Editing) => patch<CaseView>(one(id), said);
export const addStudy = (id: string, studyId: string) =>
  post<CaseView>(`${one(id)}/studies`, { study_id: studyId });
export const closeCase = (id: string, version: number) => post<CaseView>(`${one(id)}/close`, { version });
export const reopenCase = (id: string, version: number) => post<CaseView>(`${one(id)}/reopen`, { version });

/** Takes one file in; what it is the server finds out by its bytes. */
export function attach(id: string, file: File, kind: AttachmentKind): Promise<CaseView> {
  const form = new FormData();
  form.set('kind', kind);
  form.set('file', file);
  return post<CaseView>(`${one(id)}/attachments`, form);
}
export const withdraw = (attachmentId: string) =>
  post<CaseView>(`/api/attachments/${at(attachmentId)}/withdraw`);
export const fileUrl = (attachmentId: string) => `/api/attachments/${at(attachmentId)}`;

const PAGE = 1000;

/** Every fact of the case, oldest first; page after page until the last. */
export async function timeline(id: string, signal?: AbortSignal): Promise<CaseFact[]> {
  const facts: CaseFact[] = [];
  for (;;) {
    const after = facts.at(-1)?.seq ?? 0;
    const { items } = await get<{ items: CaseFact[] }>(
      `${one(id)}/timeline`,
      { after, limit: PAGE },
      { signal },
    );
    facts.push(...items);
    if (items.length < PAGE) return facts;
  }
}

export const consultationsOf = (caseId: string, signal?: AbortSignal) =>
  get<{ items: Consultation[] }>(
    '/api/consultations',
    { case: caseId, state: EVERY, limit: 100 },
    { signal },
  );

/** Every meeting that has or had the case on its agenda, as far as this person has a part in it. */
export const meetingsOf = (caseId: string, signal?: AbortSignal) =>
  get<Schemas['MeetingPage']>('/api/meetings', { case: caseId, limit: 100 }, { signal });
export const meetingOf = (id: string, signal?: AbortSignal) =>
  get<Schemas['MeetingView']>(`/api/meetings/${at(id)}`, undefined, { signal, etag: true });

const EVERY =
  'draft,submitted,supplement,accepted,scheduled,assigned,in_session,opinion,signed,closed,rejected,cancelled,expired';

export const criticalsOf = (studyId: string, signal?: AbortSignal) =>
  get<{ items: Critical[] }>('/api/criticals', { study_id: studyId }, { signal });
