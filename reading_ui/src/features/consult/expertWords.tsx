import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Time } from '@/ui/Time';
import styles from './page.module.css';
import type { Expert } from './types';

/** `在办 2 / 5`: yellow when full. */
export function Load({ expert }: { expert: Pick<Expert, 'open' | 'most_open'> }) {
  const { t } = useTranslation('consult');
  const full = expert.open >= expert.most_open;
  return (
    <span className={cx(styles.load, full && styles.full)}>
      {t('experts.load', { n: expert.open, most: expert.most_open })}
    </span>
  );
}

/** Whether one may be met now, or from when on. */
export function Availability({ expert }: { expert: Expert }) {
  const { t } = useTranslation('consult');
  if (!expert.accepting) return <span className={styles.grey}>{t('experts.away')}</span>;
  if (expert.available_now) return <span className={styles.free}>{t('experts.free')}</span>;
  if (!expert.free_at) return <span className={styles.grey}>{t('experts.noTime')}</span>;
  return (
    <span className={styles.dim}>
      {t('experts.from')} <Time at={expert.free_at} />
    </span>
  );
}
