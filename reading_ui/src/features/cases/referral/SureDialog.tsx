import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { PatientWords } from '@/ui/PatientWords';
import type { ReferralView } from '../types';
import styles from './page.module.css';
import { type Step, wordOf } from './verbs';

interface Props {
  step: Step;
  view: ReferralView;
  busy: boolean;
  onYes: () => void;
  onClose: () => void;
}

/** Once more, with the patient named: a step that cannot be taken back, at a moment at which nobody expects it. */
export function SureDialog({ step, view, busy, onYes, onClose }: Props) {
  const { t } = useTranslation('cases');
  const word = t(wordOf(step.move, view.direction));
  return (
    <Dialog title={word} onClose={onClose}>
      <p className={styles.whom} data-testid="whom">
        <PatientWords patient={view.patient} />
        <span>{view.number}</span>
      </p>
      <p>{t(`referral.sure.${step.move}`)}</p>
      <div className={styles.verbs}>
        <Button tone="next" busy={busy} onClick={onYes}>
          {word}
        </Button>
        <Button tone="bare" data-first onClick={onClose}>
          {t('ui:cancel')}
        </Button>
      </div>
    </Dialog>
  );
}
