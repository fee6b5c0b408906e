import { type Item, type Meeting, waits } from './types';

type Looked = Pick<Meeting, 'state'> & { agenda: Pick<Item, 'state'>[] };

/**
 * Which quorum is said: of a case that was concluded the one of that moment, which stays (`met`, `notMet`); who is in the room now
 * only while a case is still to be concluded; else what the rule asks.
 */
export function quorumShown(
  meeting: Looked,
  item?: Pick<Item, 'quorum_met'>,
): 'rule' | 'now' | 'met' | 'notMet' {
  if (item && item.quorum_met !== null) return item.quorum_met ? 'met' : 'notMet';
  return meeting.state === 'live' && meeting.agenda.some(waits) ? 'now' : 'rule';
}
