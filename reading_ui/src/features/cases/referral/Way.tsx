import { useTranslation } from 'react-i18next';
import { Icon } from '@/ui/icons';
import type { Referral } from '../types';
import styles from './referral.module.css';

/** Up or down, and how quickly: the green channel is named, never only coloured. */
export function Way({ row, short = false }: { row: Referral; short?: boolean }) {
  const { t } = useTranslation('cases');
  return (
    <span className={styles.way}>
      <Icon name={row.direction === 'up' ? 'up' : 'down'} size={13} />
      {t(`referral.short.${row.direction}`)}
      {row.priority !== 'normal' && (
        <b className={row.priority === 'green' ? styles.green : styles.urgent}>
          {t(short && row.priority === 'green' ? 'referral.greenShort' : `referral.priority.${row.priority}`)}
        </b>
      )}
    </span>
  );
}
