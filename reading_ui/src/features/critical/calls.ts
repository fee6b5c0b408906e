import { get, post, type Query } from '@/api/client';
import type { Critical, CriticalFigures, CriticalFlag, CriticalItem, CriticalLevel } from '@/api/types';

const at = encodeURIComponent;

export interface Criticals {
  items: Critical[];
  next: string | null;
  total: number;
  counts: { open: number; all: number } | null;
}

export const items = () => get<{ items: CriticalItem[] }>('/api/critical-items');
/** What rings on this person's screen now. */
export const ringing = (signal?: AbortSignal) =>
  get<Criticals>('/api/criticals', { hear: true }, { signal, etag: true });
export const criticals = (query: Query, signal?: AbortSignal) =>
  get<Criticals>('/api/criticals', query, { signal, etag: true });
export const ofStudy = (studyId: string, signal?: AbortSignal) =>
  get<Criticals>('/api/criticals', { study_id: studyId }, { signal, etag: true });
export const critical = (id: string) => get<Critical>(`/api/criticals/${at(id)}`);
export const figures = (signal?: AbortSignal) =>
  get<CriticalFigures>('/api/criticals/figures', undefined, { signal, etag: true });

export interface Raising {
  item: string;
  text: string;
  level: CriticalLevel;
}
export const raise = (studyId: string, said: Raising) =>
  post<Critical>(`/api/studies/${at(studyId)}/criticals`, said);
/** Refused with `critical.read_back` when the words do not name the finding. */
export const acknowledge = (id: string, readBack: string) =>
  post<Critical>(`/api/criticals/${at(id)}/acknowledge`, { read_back: readBack });
export const act = (id: string, action: string, text: string) =>
  post<Critical>(`/api/criticals/${at(id)}/act`, { action, text });
export const close = (id: string, outcome: string, text: string) =>
  post<Critical>(`/api/criticals/${at(id)}/close`, { outcome, text });
export const withdraw = (id: string, reason: string) =>
  post<Critical>(`/api/criticals/${at(id)}/withdraw`, { reason });

export const flags = (reportId: string) =>
  get<{ items: CriticalFlag[] }>(`/api/reports/${at(reportId)}/critical-flags`);
/** Says why a flagged phrase is no critical finding. */
export const deny = (reportId: string, phrase: string, reason: string, text: string | null) =>
  post<{ items: CriticalFlag[] }>(`/api/reports/${at(reportId)}/critical-answers`, { phrase, reason, text });
/** Flags of what is about to be added to a signed report. */
export const addendumFlags = (reportId: string, text: string) =>
  post<{ items: CriticalFlag[] }>(`/api/reports/${at(reportId)}/addendum-flags`, { text });
