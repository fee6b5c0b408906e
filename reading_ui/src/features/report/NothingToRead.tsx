import { useTranslation } from 'react-i18next';
import styles from './report.module.css';

export const NOTHING_ID = 'nothing-to-read';

/** Why a report can't be handed in or signed: all images of its study are rejected or taken back. */
export function NothingToRead() {
  const { t } = useTranslation('report');
  return (
    <p id={NOTHING_ID} className={styles.nothing} role="status">
      {t('problem.report.no_images')}
    </p>
  );
}
