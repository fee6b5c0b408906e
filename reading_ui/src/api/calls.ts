import { get, post, put, type Query } from './client';
import type {
  Arrival,
  FactView,
  Invitation,
  JournalCheck,
  Me,
  Named,
  Notices,
  ParkedDelivery,
  ReportCheck,
  ReportView,
  SessionClock,
  StudyView,
  TaskView,
  WorklistPage,
} from './types';

const at = encodeURIComponent;

// Accounts. These calls answer for themselves: a 401 here is "wrong password", never "session expired".
export const me = () => get<Me>('/api/me', undefined, { open: true });
export const login = (name: string, password: string) =>
  post<Me>('/api/login', { login: name, password }, { open: true });
export const logout = () => post<null>('/api/logout', {}, { open: true });
export const touch = () => post<SessionClock>('/api/session/touch');
export const changePassword = (old: string, fresh: string) =>
  post<null>('/api/password', { old, new: fresh });
export const setLanguage = (language: string) => put<null>('/api/me/language', { language });
export const invitation = (token: string) =>
  get<Invitation>(`/api/invitations/${at(token)}`, undefined, { open: true });
export const redeem = (token: string, body: { login?: string; name?: string; password: string }) =>
  post<null>(`/api/invitations/${at(token)}`, body, { open: true });

// Lists
export const worklist = (query: Query, signal?: AbortSignal) =>
  get<WorklistPage>('/api/worklist', query, { signal, etag: true });
/** Hospitals whose studies may stand in the worklist. */
export const worklistSites = (signal?: AbortSignal) =>
  get<{ items: Named[] }>('/api/worklist/sites', undefined, { signal });
export const countyStudies = (query: Query, signal?: AbortSignal) =>
  get<WorklistPage>('/api/studies', query, { signal, etag: true });

// One study
export const study = (id: string, signal?: AbortSignal) =>
  get<StudyView>(`/api/studies/${at(id)}`, undefined, { signal });
export const timeline = (id: string, signal?: AbortSignal) =>
  get<{ items: FactView[] }>(`/api/studies/${at(id)}/timeline`, undefined, { signal });
export const report = (id: string, signal?: AbortSignal) =>
  get<ReportView>(`/api/reports/${at(id)}`, undefined, { signal });
export const verifyReport = (id: string) => get<ReportCheck>(`/api/reports/${at(id)}/verify`);

// Tasks
export type TaskVerb = 'claim' | 'heartbeat' | 'release' | 'return' | 'answer' | 'cancel';
export interface TaskWords {
  reason?: string;
  text?: string;
  version?: number;
}
export const act = (taskId: string, verb: TaskVerb, words: TaskWords = {}) =>
  post<TaskView>(`/api/tasks/${at(taskId)}/${verb}`, words);

// News and trouble
export const notices = () => get<Notices>('/api/notices');
export const seeNotice = (id: string) => post<null>(`/api/notices/${at(id)}/seen`);
export const arrivals = () => get<{ items: Arrival[]; total: number }>('/api/arrivals', { state: 'all' });
export const resolveArrival = (id: string, note: string) =>
  post<null>(`/api/arrivals/${at(id)}/resolve`, { note });
export const parked = () => get<{ items: ParkedDelivery[] }>('/api/parked');
export const retryParked = (id: string) => post<null>(`/api/parked/${at(id)}/retry`);

// Addresses of files (opened by the browser itself, with the session cookie)
export const pdfUrl = (reportId: string) => `/api/reports/${at(reportId)}/pdf`;
export const previewUrl = (studyId: string) => `/api/studies/${at(studyId)}/preview`;

// Audit
export const auditFacts = (query: Query, signal?: AbortSignal) =>
  get<{ items: FactView[]; next: string | null }>('/api/audit/facts', query, { signal });
export const auditVerify = () => get<JournalCheck>('/api/audit/verify');
