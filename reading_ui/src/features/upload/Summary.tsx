import { useTranslation } from 'react-i18next';
import { ENDS, type ends } from './ending';
import { isTorn, type Looked } from './studies';
import styles from './upload.module.css';

interface Props {
  looked: Looked;
  counts: NonNullable<ReturnType<typeof ends>>;
}

/** After the last file, above all rows: of all studies of the folder, how many the centre has, has in part or has not, and how many were
 * not chosen; and how many files nobody could read. */
export function Summary({ looked, counts }: Props) {
  const { t } = useTranslation('upload');
  const all = looked.studies.length;
  const sent = ENDS.reduce((sum, end) => sum + counts[end], 0);
  const torn = looked.unfit.filter(({ why }) => isTorn(why)).length;
  const said = [...ENDS].reverse().filter((end) => end === 'done' || counts[end] > 0);
  const parts = said.map((end) => t(`end.${end}`, { n: counts[end] }));
  if (all > sent) parts.push(t('end.unchosen', { n: all - sent }));
  return (
    <p className={counts.done === all && torn === 0 ? styles.summary : styles.summaryBad} role="status">
      {t('summary', { count: all })}
      {parts.join(t('comma'))}
      {torn > 0 && t('torn', { count: torn })}
    </p>
  );
}
