import { get, patch, post, type Query } from '@/api/client';
import type { OrderPage, OrderSite, OrderView, Said, StudyCandidate, UnmatchedList } from './types';

const one = (id: string) => `/api/orders/${encodeURIComponent(id)}`;

export const keys = {
  orders: ['orders'] as const,
  list: (shelf: string, q: string) => ['orders', 'list', shelf, q] as const,
  order: (id: string) => ['orders', 'one', id] as const,
  candidates: (id: string) => ['orders', 'candidates', id] as const,
  unmatched: (state: string, q: string) => ['orders', 'unmatched', state, q] as const,
  form: ['order-form'] as const,
};

export const orders = (query: Query, signal?: AbortSignal) =>
  get<OrderPage>('/api/orders', query, { signal, etag: true });
export const order = (id: string, signal?: AbortSignal) => get<OrderView>(one(id), undefined, { signal });
export const form = (signal?: AbortSignal) =>
  get<{ items: OrderSite[] }>('/api/orders/form', undefined, { signal });
export const register = (said: Said) => post<OrderView>('/api/orders', said);
export const change = (id: string, version: number, said: Said) =>
  patch<OrderView>(one(id), { ...said, version });
export const cancel = (id: string, version: number, reason: string) =>
  post<OrderView>(`${one(id)}/cancel`, { reason, version });

export const candidates = (id: string, signal?: AbortSignal) =>
  get<{ items: StudyCandidate[] }>(`${one(id)}/candidates`, undefined, { signal });
export const link = (id: string, studyId: string, reason: string) =>
  post<OrderView>(`${one(id)}/link`, { study_id: studyId, reason });
export const unlink = (id: string, studyId: string, reason: string) =>
  post<OrderView>(`${one(id)}/unlink`, { study_id: studyId, reason });

export const unmatched = (state: 'open' | 'aside', q: string, signal?: AbortSignal) =>
  get<UnmatchedList>('/api/orders/unmatched', { state, q }, { signal });
const lonely = (id: string) => `/api/orders/unmatched/${encodeURIComponent(id)}`;
export const setAside = (id: string, reason: string) => post<null>(`${lonely(id)}/aside`, { reason });
export const takeUp = (id: string) => post<null>(`${lonely(id)}/take_up`, {});
export const registerFrom = (id: string, said: Said, reason: string) =>
  post<OrderView>(`${lonely(id)}/register`, { ...said, reason });
