import { get, post } from '@/api/client';
import type { components } from '@/api/schema';

type Schemas = components['schemas'];

export type Verb = 'same_patient' | 'other_patient' | 'keep_old' | 'study_stays' | 'take_new' | 'keep_both';
/** What a decision is called: beside another hospital's study it says nothing about whose the images are. */
export type Named = Verb | 'own_study' | 'leave_apart';
export const named = (verb: Verb, reason: Conflict['reason']): Named => {
  if (reason === 'site.conflict' && verb === 'other_patient') return 'own_study';
  return reason === 'site.conflict' && verb === 'keep_old' ? 'leave_apart' : verb;
};
export type Side = Schemas['SideView'];
export type Conflict = Omit<Schemas['ConflictView'], 'offers' | 'reason'> & {
  offers: Verb[];
  reason: 'identity.conflict' | 'instance.conflict' | 'site.conflict';
};
export type Decision = Omit<Schemas['DecisionView'], 'verb'> & { verb: Named | 'merge' };
export type Person = Schemas['PersonView'];
export type Rejected = Schemas['RejectedView'];
export type Rounds = Schemas['Rounds'];
export type Round = Schemas['RoundView'];

const at = encodeURIComponent;

export const keys = {
  conflicts: ['conflicts'] as const,
  decisions: ['decisions'] as const,
  people: (words: string) => ['people', words] as const,
  rejections: ['rejections'] as const,
  scrubs: ['scrubs'] as const,
};

export const conflicts = () => get<{ items: Conflict[] }>('/api/conflicts');
export const decide = (key: string, verb: Verb, reason: string) =>
  post<Decision>(`/api/conflicts/${at(key)}/decide`, { verb, reason });
export const decisions = () => get<{ items: Decision[] }>('/api/decisions');
export const undo = (id: string, reason: string) =>
  post<Decision>(`/api/decisions/${at(id)}/undo`, { reason });
export const people = (q: string) => get<{ items: Person[] }>('/api/people/search', { q });
export const merge = (gone: string, kept: string, reason: string) =>
  post<Decision>('/api/people/merge', { gone, kept, reason });
export const rejections = () => get<{ items: Rejected[] }>('/api/rejections');
export const lift = (studyId: string, code: string, reason: string) =>
  post<null>(`/api/studies/${at(studyId)}/rejections/lift`, { code, reason });
export const scrubs = () => get<Rounds>('/api/admin/scrubs');

/** A picture of an object that came, or of what is kept under its UID. Opened by the browser itself. */
export const pictureOf = (id: string, side: 'claim' | 'known') =>
  `/api/conflicts/objects/${at(id)}/picture?side=${side}`;
export const previewOf = (studyId: string) => `/api/studies/${at(studyId)}/preview`;
