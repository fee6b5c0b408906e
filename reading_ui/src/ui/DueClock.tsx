import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { useNow } from '@/lib/now';
import { type Band, bandAt, dueClock, fullTime } from '@/lib/time';
import styles from './Band.module.css';

interface Props {
  dueAt: string | null;
  startedAt: string | null;
  band: Band;
  paused?: boolean;
}

/** `剩 12 分`, counting by itself; coloured as its band, the exact time on hover. */
export function DueClock({ dueAt, startedAt, band, paused = false }: Props) {
  const { t } = useTranslation('ui');
  const now = useNow();
  if (paused) return <span className={styles.grey}>{t('clock.paused')}</span>;
  const phrase = dueClock(dueAt, now);
  if (!phrase) return null;
  return (
    <time
      dateTime={dueAt ?? undefined}
      title={fullTime(dueAt)}
      className={cx(styles[bandAt(band, startedAt, dueAt, now)])}
    >
      {t(phrase.key, { n: phrase.n, m: phrase.m })}
    </time>
  );
}
