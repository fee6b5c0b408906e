import { useTranslation } from 'react-i18next';
import { DueClock } from '@/ui/DueClock';
import type { Referral } from '../types';
import { clockFrom } from './order';
import styles from './referral.module.css';

/** What is left for the answer or the summary; a patient who did not come says so. */
export function Clock({ row }: { row: Referral }) {
  const { t } = useTranslation('cases');
  if (row.no_show_at && !row.arrived_at) return <span className={styles.red}>{t('referral.noShow')}</span>;
  return <DueClock dueAt={row.due_at} startedAt={clockFrom(row)} band={row.band} paused={row.paused} />;
}
