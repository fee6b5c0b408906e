/** The product API as the screens see it (snake_case as on the wire; instants are ISO-8601 UTC with Z). */
import type { Band } from '@/lib/time';

export type Role =
  | 'radiologist'
  | 'reviewer'
  | 'county_doctor'
  | 'technologist'
  | 'coordinator'
  | 'administrator'
  | 'auditor';
export type Title = 'none' | 'technician' | 'resident' | 'attending' | 'associate_chief' | 'chief';
export type Priority = 'stat' | 'urgent' | 'routine';
export type TaskState = 'queued' | 'claimed' | 'reported' | 'verified' | 'returned' | 'cancelled';
export type ReportState = 'draft' | 'submitted' | 'in_review' | 'signed' | 'addended';

export interface Named {
  id: string;
  name: string;
}
export interface Reason {
  code: string;
  params: Record<string, string | number>;
}
export interface Page<T> {
  items: T[];
  next: string | null;
  total: number;
}

export interface Grant {
  role: Role;
  site_id: string | null;
  site_name: string | null;
}
export interface Me {
  person: {
    id: string;
    login: string;
    name: string;
    title: Title;
    site: Named | null;
    language: string | null;
  };
  roles: Grant[];
  csrf: string;
  session: SessionClock;
  verbs: string[];
}
export interface SessionClock {
  idle_seconds: number;
  expires_at: string;
}
export interface Invitation {
  kind: 'first_admin' | 'person';
  login?: string | null;
  name?: string | null;
}

export interface Patient {
  id: string;
  name: string;
  /** The name's character set was guessed: show the mark, never hide it. */
  doubtful: boolean;
  sex: string | null;
  age: string | null;
  patient_id: string;
  birth_date?: string | null;
}

export interface WorklistRow {
  task_id: string | null;
  study_id: string;
  study_uid: string;
  version: number;
  state: TaskState | 'receiving' | 'unrouted';
  priority: Priority;
  due_at: string | null;
  paused: boolean;
  late_images: boolean;
  route_reason: Reason | null;
  band: Band;
  patient: Patient;
  site: Named;
  modalities: string[];
  description: string;
  body_part: string | null;
  series_count: number;
  instance_count: number;
  arrived_at: string;
  study_at: string | null;
  reader: Named | null;
  lease_until: string | null;
  report_state: ReportState | null;
  report_id: string | null;
  thumbs: string[];
  kind: 'task' | 'receiving' | 'unrouted';
  verbs: string[];
  /** Only on this screen: the row has left the list and is kept for the reader's cursor. */
  gone?: boolean;
}
export type Counts = Partial<Record<string, number>>;
export interface WorklistPage extends Page<WorklistRow> {
  counts: Counts;
}

export interface TaskView {
  id: string;
  study_id: string;
  version: number;
  state: TaskState;
  priority: Priority;
  due_at: string | null;
  reader: Named | null;
  lease_until: string | null;
  paused: boolean;
  late_images: boolean;
  route_reason: Reason | null;
  return_reason?: Reason | null;
  return_text?: string | null;
  answer_text?: string | null;
  verbs: string[];
}

export interface SeriesView {
  series_uid: string;
  number: number | null;
  description: string;
  modality: string;
  kind: 'images' | 'video' | 'ecg' | 'pdf' | 'sr' | 'other';
  frames_total: number;
  thumb: string | null;
}
export interface StudyView {
  study: {
    id: string;
    study_uid: string;
    state: string;
    modalities: string[];
    description: string;
    body_part: string | null;
    accession: string | null;
    study_at: string | null;
    arrived_at: string;
    series_count: number;
    instance_count: number;
    referring?: string | null;
  };
  patient: Patient;
  site: Named;
  task: TaskView | null;
  report: ReportView | null;
  series: SeriesView[];
  manifest_url: string;
  quality: { problems: Reason[] };
  timeline_url: string;
  verbs: string[];
}

export interface Addendum {
  text: string;
  by: string;
  at: string;
}
export interface ReportView {
  id: string;
  task_id: string;
  study_id: string;
  state: ReportState;
  version: number;
  findings: string;
  impression: string;
  advice: string;
  author: Named | null;
  reviewer: Named | null;
  submitted_at: string | null;
  signed_at: string | null;
  return_reason: string | null;
  addenda: Addendum[];
  signature: { algorithm: string; key_id: string; sha256: string } | null;
  pdf_ready: boolean;
  verbs: string[];
  lock: { by: string; name: string; until: string } | null;
}

export interface FactView {
  seq: number;
  name: string;
  at: string;
  actor: string | null;
  site: string | null;
  details: Record<string, unknown>;
  subject?: string;
  subject_id?: string;
  study_id?: string | null;
  sealed?: boolean;
}

export interface Notice {
  id: string;
  code: string;
  params: Record<string, string | number>;
  study_id: string | null;
  at: string;
  seen: boolean;
}
export interface Notices {
  items: Notice[];
  unseen: number;
}

export interface Arrival {
  id: string;
  at: string;
  peer: string | null;
  reason: Reason;
  detail: string;
  sop_uid: string | null;
  study_uid: string | null;
  size: number;
  state: 'open' | 'resolved';
}
export interface ParkedDelivery {
  id: string;
  job: string;
  fact: string;
  study_id: string | null;
  error: string;
  tries: number;
  at: string;
}

export type Level = 'city' | 'county' | 'township';
export interface Site extends Named {
  code: string;
  level: Level;
  parent_id: string | null;
}
export interface Peer {
  id: string;
  ae_title: string;
  address: string;
  site_id: string;
  host: string | null;
  port: number | null;
  charset: string | null;
  issuers: Record<string, string>;
  disabled: boolean;
  last_seen_at: string | null;
  last_error: string | null;
  last_error_at: string | null;
}
export interface Agreement {
  id: string;
  requesting_site_id: string;
  reading_site_id: string;
  modality: string;
  sla: string;
  rank: number;
  disabled: boolean;
  valid_from: string;
  valid_to: string | null;
}
export interface SlaProfile {
  name: string;
  minutes: Record<string, number>;
  exceptions: Record<string, number>;
}
export interface RoleAt {
  role: Role;
  site_id: string | null;
}
export interface PersonView {
  id: string;
  login: string;
  name: string;
  title: Title;
  site_id: string | null;
  roles: RoleAt[];
  disabled: boolean;
  locked_until: string | null;
  has_password: boolean;
}
export interface Echo {
  ok: boolean;
  code?: string;
  detail?: string;
  milliseconds?: number;
}
export interface Finding {
  code: string;
  seal_no: number | null;
  seq: number | null;
  detail: string;
}
export interface Verification {
  holds: boolean;
  findings: Finding[];
  facts: number;
}
export interface Health {
  status: string;
  checks: Record<string, unknown>;
}
