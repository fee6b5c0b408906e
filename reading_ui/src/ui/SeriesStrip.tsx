import { useTranslation } from 'react-i18next';
import type { StudyView } from '@/api/types';
import { shownWhenLoaded } from '@/lib/shownWhenLoaded';
import styles from './SeriesStrip.module.css';

/** Series with thumbnail, number, words and size; `reserve` keeps the room while the study loads. */
export function SeriesStrip({ study, reserve = 0 }: { study: StudyView | undefined; reserve?: number }) {
  const { t } = useTranslation('ui');
  const series = study?.series ?? [];
  const drawn = study?.verbs.includes('study.images');
  const ghosts = Math.max(0, Math.min(reserve, 6) - series.length);
  return (
    <ul className={styles.strip}>
      {series.map((one) => (
        <li key={one.series_uid} className={styles.series}>
          <span className={styles.thumb}>
            {drawn && one.thumb ? (
              <img src={one.thumb} alt="" loading="lazy" {...shownWhenLoaded} />
            ) : (
              <span>{one.modality}</span>
            )}
          </span>
          <span className={styles.words}>
            <span className={styles.name}>
              {one.number !== null && <span className={styles.number}>{one.number}</span>}
              {one.description || one.modality}
            </span>
            <span className={styles.size}>
              {one.modality} · {t('objects', { n: one.instance_count })}
            </span>
          </span>
        </li>
      ))}
      {Array.from({ length: ghosts }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: empty places have no other identity
        <li key={index} className={styles.series} aria-hidden="true">
          <span className={styles.thumb} />
        </li>
      ))}
    </ul>
  );
}
