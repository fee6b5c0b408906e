import { useTranslation } from 'react-i18next';
import { SkeletonRows, Trouble } from '@/ui/States';
import { FollowUpItem } from '../followups/FollowUpItem';
import { PlanForm } from '../followups/PlanForm';
import type { About } from '../timeline/about';
import type { CaseThen } from '../timeline/replay';
import type { CaseView } from '../types';
import styles from './Side.module.css';

interface Props {
  view: CaseView;
  about: About;
  then: CaseThen | null;
}

/** What is to be done for the patient, by whom and by when. */
export function FollowUps({ view, about, then }: Props) {
  const { t } = useTranslation('cases');
  const asked = about.followUpsAsked;
  const items = then ? about.followUps.filter((one) => then.planned.has(one.id)) : about.followUps;
  return (
    <section className={styles.card} data-testid="follow-ups">
      <h2>
        {t('followUp.title')} <span className={styles.count}>{items.length}</span>
      </h2>
      {asked.isPending && <SkeletonRows rows={2} />}
      {asked.isError && <Trouble error={asked.error} onRetry={() => void asked.refetch()} />}
      {!asked.isPending && !asked.isError && items.length === 0 && (
        <p className={styles.dim}>{t('followUp.none')}</p>
      )}
      <ul className={styles.list}>
        {items.map((one) => (
          <FollowUpItem key={one.id} one={one} live={then === null} />
        ))}
      </ul>
      {!then && view.verbs.includes('followup.plan') && <PlanForm view={view} />}
    </section>
  );
}
