import type { components } from '@/api/schema';
import type { Level, Title } from '@/api/types';
import type { Band } from '@/lib/time';

type Schemas = components['schemas'];
type Narrow<T, N> = Omit<T, keyof N> & N;

/** Consultations as the server tells them, with the closed sets of words named. */
export type State =
  | 'draft'
  | 'submitted'
  | 'supplement'
  | 'accepted'
  | 'scheduled'
  | 'assigned'
  | 'in_session'
  | 'opinion'
  | 'signed'
  | 'closed'
  | 'rejected'
  | 'cancelled'
  | 'expired';
export const urgencies = ['urgent', 'normal', 'elective'] as const;
export type Urgency = (typeof urgencies)[number];
export const modes = ['room', 'async'] as const;
export type Mode = (typeof modes)[number];
export const refers = ['no', 'yes', 'urgent'] as const;
export type Refer = (typeof refers)[number];
export const adoptions = ['adopted', 'partly', 'not'] as const;
export type Adoption = (typeof adoptions)[number];
export const fileKinds = ['consent', 'record', 'lab', 'image', 'other'] as const;
export type FileKind = (typeof fileKinds)[number];

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

export type Colleague = Narrow<Schemas['ColleagueView'], { title: Title }>;
interface Words {
  state: State;
  urgency: Urgency;
  mode: Mode;
  band: Band;
  adoption: Adoption | null;
  requester: Colleague;
  expert: Colleague | null;
}
export type Line = Narrow<Schemas['ConsultationLine'], Words>;
export type Consultation = Narrow<
  Schemas['ConsultationView'],
  Words & { refer: Refer | ''; seconds: Colleague[]; files: CaseFile[] }
>;
export type CaseFile = Narrow<Schemas['CaseFile'], { kind: FileKind }>;
export type Page = Narrow<Schemas['ConsultationPage'], { items: Line[]; counts: Record<string, number> }>;
export type Expert = Narrow<Schemas['Expert'], { title: Title }>;
export type Hours = Expert['hours'];
export type Centre = Narrow<Schemas['Centre'], { level: Level }>;
export type CaseView = Schemas['CaseView'];
export type CaseLine = Schemas['CaseLine'];

/** What is written of a request before it is sent. */
export interface Draft {
  urgency: Urgency;
  mode: Mode;
  question: string;
  summary: string;
  wanted_specialty: string;
  centre_site_id: string | null;
  study_ids: string[];
}

export interface Opinion {
  diagnosis: string;
  treatment: string;
  /** Empty until somebody has chosen. */
  refer: Refer | '';
}
