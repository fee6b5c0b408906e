import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import * as calls from './calls';
import { keys } from './calls';
import { LinkVerb } from './LinkVerb';
import styles from './orders.module.css';
import type { OrderItem, StudyCandidate } from './types';
import { Likeness, Person } from './words';

/** The studies without an order that may be this one's, likeliest first. */
export function Candidates({ order, onClose }: { order: OrderItem; onClose: () => void }) {
  const { t } = useTranslation('orders');
  const found = useQuery({
    queryKey: keys.candidates(order.id),
    queryFn: ({ signal }) => calls.candidates(order.id, signal),
  });
  return (
    <section className={styles.candidates} aria-label={t('verb.link')}>
      <p className={styles.dim}>
        {t('candidatesHint')}{' '}
        <Button tone="bare" onClick={onClose}>
          {t('ui:close')}
        </Button>
      </p>
      {found.isPending && <SkeletonRows rows={3} />}
      {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.items.length === 0 && <p className={styles.dim}>{t('noCandidates')}</p>}
      {found.data?.items.map((one) => (
        <Candidate key={one.study.id} order={order} one={one} onClose={onClose} />
      ))}
    </section>
  );
}

function Candidate({ order, one, onClose }: { order: OrderItem; one: StudyCandidate; onClose: () => void }) {
  return (
    <div className={styles.linked}>
      <Person of={one.study} />
      <p>
        {one.study.modality} {one.study.description} <Time at={one.study.arrived_at} />{' '}
        <span className={styles.id}>{one.study.accession}</span>
      </p>
      <Likeness agrees={one.agrees} differs={one.differs} />
      <LinkVerb orderId={order.id} studyId={one.study.id} differs={one.differs} onDone={onClose} />
    </div>
  );
}
