/**
 * The product API as the screens see it: generated from the server's own OpenAPI document (`npm run api`), with the
 * closed sets of words named where the document only says "string". Instants are ISO-8601 UTC with Z.
 */
import type { Band } from '@/lib/time';
import type { components } from './schema';

type Schemas = components['schemas'];
type Narrow<T, N> = Omit<T, keyof N> & N;

export type Role = Schemas['Role'];
export type Title = 'none' | 'technician' | 'resident' | 'attending' | 'associate_chief' | 'chief';
export type Priority = 'STAT' | 'URGENT' | 'ROUTINE';
export type TaskState = 'queued' | 'claimed' | 'reported' | 'verified' | 'returned' | 'cancelled';
export type ReportState = 'draft' | 'submitted' | 'in_review' | 'signed' | 'addended';
export type Level = 'city' | 'county' | 'township';

export type Named = Schemas['Named'];
/** A code with the values of its sentence. */
export interface Reason {
  code: string;
  params: Record<string, string | number | boolean | null>;
}

export type Grant = Narrow<Schemas['HeldRole'], { role: Role }>;
export type SessionClock = Schemas['SessionInfo'];
export type Me = Narrow<
  Schemas['Me'],
  { person: Narrow<Schemas['Person'], { title: Title }>; roles: Grant[]; session: SessionClock }
>;
export type Invitation = Narrow<Schemas['Invitation'], { kind: 'first_admin' | 'person' }>;

/** `doubtful`: the name's character set was guessed. Show the mark, never hide it. */
export type Patient = Schemas['RowPatient'];
export type WorklistRow = Narrow<
  Schemas['WorklistRow'],
  {
    kind: 'task' | 'receiving' | 'unrouted';
    state: TaskState | 'receiving' | 'unrouted';
    priority: Priority;
    band: Band;
    report_state: ReportState | null;
    route_reason: Reason | null;
  }
> & {
  /** Only on this screen: the row has left the list and is kept for the reader's cursor. */
  gone?: boolean;
};
export type WorklistPage = Narrow<Schemas['WorklistPage'], { items: WorklistRow[] }>;
export type Counts = Partial<Record<string, number>>;

export type TaskView = Narrow<Schemas['TaskView'], { state: TaskState; priority: Priority; band: Band }>;
export type SeriesView = Schemas['SeriesView'];
export type ReportView = Narrow<Schemas['ReportView'], { state: ReportState }>;
export type StudyView = Narrow<
  Schemas['StudyView'],
  { patient: Schemas['PatientView']; task: TaskView | null; report: ReportView | null }
>;
export type FactView = Schemas['FactView'];

export type CriticalState = 'raised' | 'notifying' | 'acknowledged' | 'acting' | 'closed' | 'withdrawn';
export type CriticalLevel = 1 | 2 | 3;
export type Critical = Narrow<Schemas['CriticalView'], { state: CriticalState; level: CriticalLevel }>;
export type CriticalItem = Narrow<Schemas['CriticalItem'], { level: CriticalLevel }>;
export type CriticalFigures = Schemas['CriticalFigures'];
export type CriticalFlag = Narrow<Schemas['CriticalFlag'], { level: CriticalLevel }>;

export type Notice = Schemas['Notice'];
export type Notices = Schemas['Notices'];
export type Arrival = Narrow<Schemas['Arrival'], { state: 'open' | 'resolved' }>;
export type ParkedDelivery = Schemas['Parked'];

export type Site = Narrow<Schemas['Site'], { level: Level }>;
export type Peer = Schemas['Peer'];
export type Agreement = Schemas['Agreement'];
export type SlaProfile = Schemas['SlaProfile'];
export type RoleAt = Schemas['RoleAt'];
export type PersonView = Narrow<Schemas['Human'], { title: Title }>;
export type Echo = Schemas['Echo'];
export type Finding = Schemas['Finding'];

/** Whether the journal's chain holds. */
export type JournalCheck = Schemas['AuditVerification'];
export type ReportCheck = Schemas['ReportVerification'];
