import * as calls from '../calls';
import * as referralCalls from '../referralCalls';
import type { Direction, ReferralView } from '../types';
import type { Origin } from './useOrigin';

/** Makes the draft, and before it the case where there is none. */
export async function begin(
  { kind, id, study }: Origin,
  direction: Direction,
  chosen: string | null,
  title: string,
): Promise<ReferralView> {
  let caseId = chosen;
  if (study && !caseId) {
    const opening = { study_ids: [study.id], title: title.trim(), summary: '', severity: 'none' as const };
    caseId = (await calls.openCase(opening)).id;
  }
  const known = caseId ? { case_id: caseId } : {};
  if (kind === 'study') {
    if (!caseId) throw new Error('a study without a case');
    return referralCalls.propose({ from_kind: 'case', from_id: caseId, direction });
  }
  return referralCalls.propose({ from_kind: kind, from_id: id, direction, ...known });
}
