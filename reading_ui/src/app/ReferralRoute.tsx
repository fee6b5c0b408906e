import { ReferralPage } from '@/features/cases';
import { ProposeButton } from '@/features/meeting';

const over = new Set(['draft', 'declined', 'cancelled', 'expired', 'closed']);

/** A referral, and from it the way to an MDT: the application seats them, they do not know each other. */
export function ReferralRoute() {
  return (
    <ReferralPage
      extra={(view) =>
        over.has(view.state) ? null : (
          <ProposeButton key={view.id} caseId={view.case_id} fromKind="referral" fromId={view.id} />
        )
      }
    />
  );
}
