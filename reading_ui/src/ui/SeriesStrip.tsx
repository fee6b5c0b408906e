import { useTranslation } from 'react-i18next';
import type { SeriesView } from '@/api/types';
import styles from './SeriesStrip.module.css';

/** Series with thumbnail, number, words and size; `reserve` keeps the room while they load. */
export function SeriesStrip({ series, reserve = 0 }: { series: SeriesView[]; reserve?: number }) {
  const { t } = useTranslation('ui');
  const ghosts = Math.max(0, Math.min(reserve, 6) - series.length);
  return (
    <ul className={styles.strip}>
      {series.map((one) => (
        <li key={one.series_uid} className={styles.series}>
          <span className={styles.thumb}>
            {one.thumb ? (
              <img src={one.thumb} alt="" loading="lazy" />
            ) : (
              <span>{t(`seriesKind.${one.kind}`)}</span>
            )}
          </span>
          <span className={styles.words}>
            <span className={styles.name}>
              {one.number !== null && <span className={styles.number}>{one.number}</span>}
              {one.description || one.modality}
            </span>
            <span className={styles.size}>
              {one.modality} ·{' '}
              {one.kind === 'images' ? t('frames', { n: one.frames_total }) : t(`seriesKind.${one.kind}`)}
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
