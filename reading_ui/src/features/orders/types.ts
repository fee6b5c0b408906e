import type { components } from '@/api/schema';
import type { Priority } from '@/api/types';

type Schemas = components['schemas'];

export const shelves = ['waiting', 'late', 'performed', 'cancelled', 'all'] as const;
export type Shelf = (typeof shelves)[number];
export const priorities: readonly Priority[] = ['ROUTINE', 'URGENT', 'STAT'];
export const sexes = ['M', 'F', 'O'] as const;

/** What devices of hospitals make, in the order of how often it is ordered. */
export const modalities = [
  'DX',
  'CT',
  'MR',
  'US',
  'ECG',
  'MG',
  'CR',
  'ES',
  'RF',
  'XA',
  'NM',
  'PT',
  'OT',
] as const;

export type OrderItem = Omit<Schemas['OrderItem'], 'priority'> & { priority: Priority };
export type OrderView = Omit<Schemas['OrderView'], 'order'> & { order: OrderItem };
export type OrderLink = Schemas['OrderLink'];
export type OrderStep = Schemas['OrderStep'];
export type OrderPage = Omit<Schemas['OrderPage'], 'items'> & { items: OrderItem[] };
export type OrderSite = Schemas['OrderSite'];
export type StudyBrief = Schemas['StudyBrief'];
export type StudyCandidate = Schemas['StudyCandidate'];
export type OrderCandidate = Schemas['OrderCandidate'];
export type UnmatchedStudy = Schemas['UnmatchedStudy'];
export type UnmatchedList = Schemas['UnmatchedList'];
export type Asked = Schemas['OrderBrief'];
/** What a study without an order says of the one that would have been its own. */
export type StudySays = Schemas['StudySays'];
/** What the form sends; only what is given is changed. */
export type Said = Partial<Omit<Schemas['RegisterBody'], 'site_id'>> & { site_id?: string };
