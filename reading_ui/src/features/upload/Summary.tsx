import { useTranslation } from 'react-i18next';
import { ENDS, type ends } from './ending';
import styles from './upload.module.css';

/** After the last file, above all rows: how many studies the centre has, and how many it has in part or not. */
export function Summary({ counts }: { counts: NonNullable<ReturnType<typeof ends>> }) {
  const { t } = useTranslation('upload');
  const all = ENDS.reduce((sum, end) => sum + counts[end], 0);
  const said = [...ENDS].reverse().filter((end) => end === 'done' || counts[end] > 0);
  return (
    <p className={counts.done === all ? styles.summary : styles.summaryBad} role="status">
      {t('summary', { count: all })}
      {said.map((end) => t(`end.${end}`, { n: counts[end] })).join(t('comma'))}
    </p>
  );
}
