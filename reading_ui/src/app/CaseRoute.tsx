import { CasePage } from '@/features/cases';
import { ProposeButton } from '@/features/meeting';

/** A case, and from it the way to an MDT: the application seats them, they do not know each other. */
export function CaseRoute() {
  return <CasePage extra={(view) => <ProposeButton key={view.id} caseId={view.id} fromKind="case" />} />;
}
