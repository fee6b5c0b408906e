import { useTranslation } from 'react-i18next';
import type { Priority, StudyView } from '@/api/types';
import { cx } from '@/lib/cx';
import styles from './orders.module.css';
import { PriorityTag } from './words';

/** What was asked when the examination was ordered: beside the images and on the study's page; nothing where nobody ordered it here. */
export function OrderAsked({ study, card = false }: { study: Pick<StudyView, 'orders'>; card?: boolean }) {
  const { t } = useTranslation('orders');
  if (study.orders.length === 0) return null;
  return (
    <section
      className={cx(styles.asked, card && styles.card)}
      aria-label={t('asked')}
      data-testid="order-asked"
    >
      {study.orders.map((order) => (
        <p key={order.id}>
          <PriorityTag priority={order.priority as Priority} />
          <strong>{order.procedure}</strong>
          {order.question && (
            <span>
              <span className={styles.dim}>{t('field.question')}</span> {order.question}
            </span>
          )}
          {order.diagnosis && (
            <span>
              <span className={styles.dim}>{t('field.diagnosis')}</span> {order.diagnosis}
            </span>
          )}
          <span className={styles.dim}>
            {order.registered_by} · <span className={styles.id}>{order.accession}</span>
          </span>
        </p>
      ))}
    </section>
  );
}
