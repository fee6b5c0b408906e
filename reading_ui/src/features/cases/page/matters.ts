import type { Matter } from '../timeline/replay';

const over: ReadonlySet<string> = new Set([
  'closed',
  'cancelled',
  'declined',
  'rejected',
  'expired',
  'withdrawn',
  // It stands on the agenda of the next meeting under a number of its own.
  'deferred',
]);

export const isOver = ({ state }: Pick<Matter, 'state'>): boolean => over.has(state);

const order = ['critical', 'referral', 'consultation', 'item'] as const;

/** What runs before what is over; what may kill before what may wait. */
export const rankOf = (one: Matter): number => (isOver(one) ? 10 : 0) + order.indexOf(one.subject);

export const linkOf = (one: Matter): string =>
  ({
    critical: `/criticals?id=${one.id}`,
    referral: `/referrals/${one.id}`,
    consultation: `/consultations/${one.id}`,
    item: `/meetings/${String(one.details.meeting_id ?? '')}/items/${one.id}`,
  })[one.subject];

const namespaces = {
  critical: 'critical:state',
  referral: 'cases:referral.state',
  consultation: 'cases:consultation',
  item: 'cases:item',
} as const;

/** The key of the state's word. */
export const stateKey = (one: Matter): string => `${namespaces[one.subject]}.${one.state}`;

/** A meeting without a quorum has come to an opinion, not to a conclusion. */
export const contextOf = ({ subject, details }: Pick<Matter, 'subject' | 'details'>): string =>
  subject === 'item' && details.kind === 'opinion' ? 'opinion' : '';
