import { useTranslation } from 'react-i18next';
import type { Unfitting } from './studies';
import styles from './upload.module.css';

const MOST = 200;

/** Files that are not sent, each with its reason. A DICOMDIR is an index: nothing is missing without it. */
export function Unfits({ unfit }: { unfit: Unfitting[] }) {
  const { t } = useTranslation('upload');
  if (unfit.length === 0) return null;
  return (
    <details className={styles.unfit}>
      <summary>{t('unfit', { count: unfit.length })}</summary>
      <ul className={styles.problems}>
        {unfit.slice(0, MOST).map((each) => (
          <li key={each.path}>
            <span className={styles.path}>{each.path}</span>
            <span>{t(`unfitWhy.${each.why}`)}</span>
          </li>
        ))}
      </ul>
      {unfit.length > MOST && <p className={styles.dim}>{t('more', { n: unfit.length - MOST })}</p>}
    </details>
  );
}
