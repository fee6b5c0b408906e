import { ConsultationPage } from '@/features/consult';
import { ProposeButton } from '@/features/meeting';

const over = new Set(['draft', 'rejected', 'cancelled', 'expired']);

/** A consultation, and from it the way to an MDT: the application seats them, they do not know each other. */
export function ConsultationRoute() {
  return (
    <ConsultationPage
      extra={(view) =>
        over.has(view.state) ? null : (
          <ProposeButton
            key={view.id}
            caseId={view.case_id}
            fromKind="consultation"
            fromId={view.id}
            question={view.question}
          />
        )
      }
    />
  );
}
