import type { CaseFact } from '../types';

/** What the timeline can be narrowed to, in the order of its buttons. */
export const kinds = [
  'study',
  'report',
  'critical',
  'consultation',
  'meeting',
  'referral',
  'followup',
  'case',
  'access',
] as const;
export type Kind = (typeof kinds)[number];

/** Who looked at what: kept and found, but no step of the case. */
const looking: ReadonlySet<string> = new Set([
  'ImagesOpened',
  'ReportRead',
  'ReportDownloaded',
  'ObjectDownloaded',
  'AttachmentOpened',
  'PaperDownloaded',
  'RecordingPlayed',
  'SeatWaiting',
  'SeatEntered',
  'SeatLetIn',
  'SeatLeft',
]);

const ofSubject: Record<string, Kind> = {
  study: 'study',
  instance: 'study',
  object: 'study',
  task: 'report',
  report: 'report',
  critical: 'critical',
  consultation: 'consultation',
  room: 'consultation',
  meeting: 'meeting',
  item: 'meeting',
  referral: 'referral',
  followup: 'followup',
  case: 'case',
  attachment: 'case',
};

/** A paper belongs to what it concludes. */
const ofPaper: Record<string, Kind> = { opinion: 'consultation', conclusion: 'meeting' };

type About = Pick<CaseFact, 'name' | 'subject' | 'details'>;

export function kindOf({ name, subject, details }: About): Kind {
  if (looking.has(name)) return 'access';
  if (name.startsWith('Critical')) return 'critical';
  if (subject === 'paper') return ofPaper[String(details.kind)] ?? 'report';
  if (subject === 'room' && details.kind === 'meeting') return 'meeting';
  return ofSubject[subject] ?? 'case';
}

/** Steps of the case: what the replay goes through. */
export const isStep = (fact: About): boolean => kindOf(fact) !== 'access';
