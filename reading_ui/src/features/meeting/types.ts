import type { components } from '@/api/schema';

type Schemas = components['schemas'];
type Narrow<T, N> = Omit<T, keyof N> & N;

/** Boards, meetings and the cases on their agendas as the server tells them, with the closed sets of words named. */
export type MeetingState = 'open' | 'frozen' | 'live' | 'minutes' | 'closed' | 'cancelled';
export type ItemState =
  | 'proposed'
  | 'preparing'
  | 'presenting'
  | 'concluded'
  | 'signed'
  | 'closed'
  | 'declined'
  | 'withdrawn'
  | 'deferred';
export type Conclusion = Narrow<Schemas['ConclusionView'], { kind: 'conclusion' | 'opinion' }>;
export type Item = Narrow<Schemas['MeetingItem'], { state: ItemState; conclusion: Conclusion | null }>;
export type Meeting = Narrow<Schemas['MeetingView'], { state: MeetingState; agenda: Item[] }>;
export type Line = Narrow<Schemas['MeetingLine'], { state: MeetingState }>;
export type Page = Narrow<Schemas['MeetingPage'], { items: Line[] }>;
export type Board = Schemas['BoardView'];
export type Preparation = Schemas['PreparationView'];
export type Colleague = Schemas['ColleagueView'];
export type Member = Schemas['Member'];
export type Expert = Schemas['Expert'];
export type NewBoard = Schemas['NewBoardBody'];
export type NewMeeting = Schemas['AdHocBody'];
export type KeyImage = Schemas['KeyImage'];
export type Off = Schemas['OffTheAgenda'];

export const specialties = [
  'radiology',
  'respiratory',
  'cardiology',
  'neurology',
  'thoracic_surgery',
  'general_surgery',
  'oncology',
  'pathology',
  'emergency',
  'obstetrics',
  'paediatrics',
  'orthopaedics',
  'radiotherapy',
  'endocrinology',
  'nephrology',
  'infection',
  'icu',
  'other',
] as const;

/** What is set down of a case; `stage` and `recommendation` are needed. */
export interface Minutes {
  stage: string;
  options: string;
  recommendation: string;
  evidence: string;
  dissent: { person_id: string; text: string }[];
  recommendations: { text: string; owner_site_id: string; due_at: string }[];
}

const waiting: ReadonlySet<ItemState> = new Set(['proposed', 'preparing', 'presenting']);
export const waits = ({ state }: Pick<Item, 'state'>): boolean => waiting.has(state);
