import { isMet } from '../referral/library';
import type { Criteria, ReferralView } from '../types';

/** The names of what is still to be filled in before it can be sent, as the server will judge. */
export function missingOf(draft: ReferralView, toSite: string | null, list: Criteria | undefined): string[] {
  const down = draft.direction === 'down';
  const green = draft.priority === 'green';
  const met = list ? isMet(list, draft.ticked) : true;
  const needed: [string, boolean][] = [
    ['to', toSite !== null],
    ['greenNot', !green || (met && (list?.green ?? true))],
    [down ? 'stable' : 'criteria', met || draft.reason.trim() !== ''],
    ['summary', draft.summary.trim() !== ''],
    ['plan', !down || draft.plan.trim() !== ''],
    ['medication', !down || draft.medication.trim() !== ''],
    ['turnBack', !down || draft.turn_back.length > 0],
    ['consent', draft.consent !== '' && !(draft.consent === 'emergency' && draft.priority === 'normal')],
    ['phone', !green || draft.contact_phone.trim() !== ''],
  ];
  return needed.filter(([, there]) => !there).map(([name]) => name);
}

const ranks: Readonly<Record<string, number>> = { township: 0, county: 1, city: 2 };

/** Up goes to the same level or higher, down to the same or lower; never to oneself. */
export function mayReceive(direction: string, here: string | undefined, there: string): boolean {
  const [from, to] = [ranks[here ?? ''] ?? 0, ranks[there] ?? 0];
  return direction === 'up' ? to >= from : to <= from;
}
