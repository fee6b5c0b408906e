import type { components } from '@/api/schema';
import type { Patient } from '@/api/types';
import type { Band } from '@/lib/time';

type Schemas = components['schemas'];
type Narrow<T, N> = Omit<T, keyof N> & N;

export const severities = ['none', 'mild', 'moderate', 'severe'] as const;
export type Severity = (typeof severities)[number];
export type CaseState = 'open' | 'closed';
export const attachmentKinds = ['consent', 'record', 'image', 'lab', 'other'] as const;
export type AttachmentKind = (typeof attachmentKinds)[number];

interface CaseWords {
  severity: Severity;
  state: CaseState;
}
export type CaseLine = Narrow<Schemas['CaseLine'], CaseWords & { patient: Patient }>;
export type CasePage = Narrow<Schemas['CasePage'], { items: CaseLine[] }>;
export type Attachment = Narrow<Schemas['Attachment'], { kind: AttachmentKind }>;
export type CaseStudy = Schemas['CaseStudy'];
export type CaseView = Narrow<
  Schemas['CaseView'],
  CaseWords & { patient: Patient; attachments: Attachment[]; studies: CaseStudy[] }
>;

/** A fact with what the timeline says of the person: title and roles at the hospital they acted for. */
export type CaseFact = Schemas['CaseFact'];

/** A case's place on the agenda of an MDT meeting. */
export type MeetingItem = Schemas['MeetingItem'] & { meeting: string; starts_at: string };

export type Consultation = Narrow<Schemas['ConsultationLine'], { band: Band }>;

export type Direction = 'up' | 'down';
export const priorities = ['green', 'urgent', 'normal'] as const;
export type ReferralPriority = (typeof priorities)[number];
export type ReferralState =
  | 'draft'
  | 'submitted'
  | 'asked'
  | 'accepted'
  | 'in_transit'
  | 'arrived'
  | 'completed'
  | 'closed'
  | 'declined'
  | 'cancelled'
  | 'expired';
interface ReferralWords {
  state: ReferralState;
  band: Band;
  direction: Direction;
  priority: ReferralPriority;
  patient: Patient;
}
export type Referral = Narrow<Schemas['ReferralLine'], ReferralWords>;
export type ReferralView = Narrow<Schemas['ReferralView'], ReferralWords>;
export type ReferralPage = Narrow<Schemas['ReferralPage'], { items: Referral[] }>;
export type Criteria = Narrow<Schemas['CriteriaList'], { direction: Direction }>;
export type Library = Narrow<Schemas['Library'], { lists: Criteria[] }>;
export type Item = Schemas['CriterionItem'];
export type Pathway = Schemas['Pathway'];

export type FollowUpState = 'planned' | 'done' | 'changed' | 'declined';
export type FollowUp = Narrow<Schemas['FollowUp'], { state: FollowUpState; band: Band; patient: Patient }>;
export type FollowUpPage = Narrow<Schemas['FollowUps'], { items: FollowUp[] }>;
