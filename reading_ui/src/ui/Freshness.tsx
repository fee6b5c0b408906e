import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { useNow } from '@/lib/now';
import { ago } from '@/lib/time';
import styles from './Freshness.module.css';

interface Props {
  /** When the shown data was last confirmed by the server (ms), 0 when never. */
  at: number;
  line: 'off' | 'connecting' | 'live' | 'down';
}

/** How fresh the list is, and whether news comes by itself. */
export function Freshness({ at, line }: Props) {
  const { t } = useTranslation('ui');
  const now = useNow();
  const age = ago(at, now);
  return (
    <span className={styles.fresh} role="status" data-line={line}>
      {at > 0 && <span className={styles.age}>{t('fresh', { ago: t(age.key, { n: age.n }) })}</span>}
      <span className={cx(styles.line, styles[line])}>
        <span className={styles.dot} />
        {t(`line.${line}`)}
      </span>
    </span>
  );
}
