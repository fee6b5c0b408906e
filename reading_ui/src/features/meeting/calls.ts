import { get, patch, post, put, type Query } from '@/api/client';
import type { Site } from '@/api/types';
import type {
  Board,
  Expert,
  Item,
  Meeting,
  Minutes,
  NewBoard,
  NewMeeting,
  Off,
  Page,
  Preparation,
} from './types';

const at = encodeURIComponent;
const here = (id: string, verb = '') => `/api/meetings/${at(id)}${verb && `/${verb}`}`;
const there = (id: string, item: string, verb = '') => here(id, `items/${at(item)}${verb && `/${verb}`}`);

/** Keys of what is cached; everything of one meeting begins with its own. */
export const keys = {
  boards: ['boards'] as const,
  meetings: ['meetings'] as const,
  meeting: (id: string) => ['meeting', id] as const,
  item: (id: string, item: string) => ['meeting', id, 'item', item] as const,
};

export const boards = (query: Query = {}, signal?: AbortSignal) =>
  get<{ items: Board[] }>('/api/boards', query, { signal, etag: true });
export const makeBoard = (body: NewBoard) => post<Board>('/api/boards', body);
export const changeBoard = (id: string, body: Partial<NewBoard> & { version: number; active?: boolean }) =>
  patch<Board>(`/api/boards/${at(id)}`, body);
export const planMeeting = (board: string, starts_at: string, minutes: number) =>
  post<Meeting>(`/api/boards/${at(board)}/meetings`, { starts_at, minutes });

export const planAdHoc = (body: NewMeeting) => post<Meeting>('/api/meetings', body);

export const list = (query: Query, signal?: AbortSignal) =>
  get<Page>('/api/meetings', query, { signal, etag: true });
export const one = (id: string, signal?: AbortSignal) => get<Meeting>(here(id), undefined, { signal });
export type MeetingVerb = 'move' | 'members' | 'chair' | 'agenda' | 'start' | 'finish' | 'cancel';
export const act = (id: string, verb: MeetingVerb, words: object = {}) =>
  post<Meeting>(here(id, verb), words);

export interface Proposal {
  case_id: string;
  question: string;
  from_kind: string;
  from_id?: string;
  urgent: boolean;
  minutes: number;
}
export const propose = (id: string, proposal: Proposal) => post<Item>(here(id, 'items'), proposal);
export const item = (id: string, key: string, signal?: AbortSignal) =>
  get<Item>(there(id, key), undefined, { signal });
export type ItemVerb = 'accept' | 'present' | 'review' | 'close';
export const actOn = (id: string, key: string, verb: ItemVerb, words: object = {}) =>
  post<Item>(there(id, key, verb), words);
export type OffVerb = 'decline' | 'defer' | 'withdraw';
export const takeOff = (id: string, key: string, verb: OffVerb, reason: string) =>
  post<Off>(there(id, key, verb), { reason });
export const conclude = (id: string, key: string, minutes: Minutes, version: number | null) =>
  post<Item>(there(id, key, 'conclude'), { ...minutes, version });
export const sign = (id: string, key: string, password: string, version: number) =>
  post<Item>(there(id, key, 'sign'), { password, version });
export const excuse = (
  id: string,
  key: string,
  words: { role: string; reason: string; password: string; version: number },
) => post<Item>(there(id, key, 'excuse'), words);
export const refer = (id: string, key: string, direction: 'up' | 'down') =>
  post<{ id: string; number: string }>(there(id, key, 'refer'), { direction });
export const prepare = (
  id: string,
  key: string,
  body: Pick<Preparation, 'specialty' | 'version' | 'ready' | 'missing' | 'note' | 'key_images'>,
) => put<Item>(there(id, key, 'preparation'), body);

/** As much of a study's manifest as it takes to choose a picture. */
export interface PictureManifest {
  dicomweb: string;
  series: {
    series_uid: string;
    kind: string;
    number?: number | null;
    description?: string | null;
    modality?: string | null;
    instances: { sop_uid: string; frames?: number | null }[];
  }[];
}
export const manifest = (study: string, signal?: AbortSignal) =>
  get<PictureManifest>(`/api/studies/${at(study)}/manifest`, undefined, { signal });
export const casesOf = (study: string, signal?: AbortSignal) =>
  get<{ items: { id: string; number: string; state: string }[] }>(
    '/api/cases',
    { study, limit: 20 },
    { signal },
  );

export const paperUrl = (id: string) => `/api/papers/${at(id)}/pdf`;
export const experts = (signal?: AbortSignal) =>
  get<{ items: Expert[] }>('/api/experts', { limit: 1000 }, { signal });
export const sites = (signal?: AbortSignal) =>
  get<{ items: Site[] }>('/api/admin/sites', undefined, { signal });
