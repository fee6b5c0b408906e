import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Button } from '@/ui/Button';
import { toast } from '@/ui/toast';
import type { Said } from '../referralCalls';
import type { ReferralView } from '../types';
import styles from './page.module.css';
import { StepForm } from './StepForm';
import { SureDialog } from './SureDialog';
import { useReferralVerb } from './useReferral';
import { type Step, steps, wordOf } from './verbs';

/** One button for each step that the server offers; the first is what comes next. */
export function Verbs({ view }: { view: ReferralView }) {
  const { t } = useTranslation('cases');
  const navigate = useNavigate();
  const [asking, setAsking] = useState<Step | null>(null);
  const act = useReferralVerb(view.id);
  const offered = steps.filter(({ move }) => view.verbs.includes(move));
  const run = (step: Step, said: Said) =>
    act.mutate(
      { verb: step.verb, said: step.verb === 'return_down' ? {} : { ...said, version: view.version } },
      {
        onSuccess: (after) => {
          setAsking(null);
          toast(t(`referral.done.${step.verb}`), { about: view.id });
          if (after.id !== view.id) navigate(`/referrals/${after.id}`);
        },
      },
    );
  const choose = (step: Step) =>
    step.asks.length === 0 && !step.sure?.(view) ? run(step, {}) : setAsking(step);
  const sure = asking !== null && asking.asks.length === 0;
  if (asking && !sure && offered.includes(asking)) {
    return (
      <section className={styles.card} data-testid="verbs">
        <StepForm
          step={asking}
          view={view}
          busy={act.isPending}
          onSend={(said) => run(asking, said)}
          onCancel={() => setAsking(null)}
        />
      </section>
    );
  }
  if (offered.length === 0 && view.state !== 'submitted') return null;
  return (
    <section className={styles.card} data-testid="verbs">
      {asking && sure && offered.includes(asking) && (
        <SureDialog
          step={asking}
          view={view}
          busy={act.isPending}
          onYes={() => run(asking, {})}
          onClose={() => setAsking(null)}
        />
      )}
      {view.state === 'submitted' && (
        <p className={styles.dim}>
          {offered.some(({ move }) => move === 'accept')
            ? t('referral.waitsFor.us')
            : t('referral.waitsFor.them', { site: view.to_site?.name ?? '' })}
        </p>
      )}
      <div className={styles.verbs}>
        {offered.map((step, index) => (
          <Button
            key={step.move}
            tone={step.danger ? 'danger' : index === 0 ? 'next' : 'plain'}
            busy={act.isPending && act.variables?.verb === step.verb}
            onClick={() => choose(step)}
          >
            {t(wordOf(step.move, view.direction))}
          </Button>
        ))}
      </div>
    </section>
  );
}
