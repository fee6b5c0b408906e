import { useTranslation } from 'react-i18next';
import type { ReportView } from '@/api/types';
import styles from './report.module.css';
import { SECTIONS } from './sections';

/** The report to be read; an empty section says that it is empty. */
export function ReportText({ report }: { report: ReportView }) {
  const { t } = useTranslation('report');
  return (
    <article className={styles.reading}>
      {SECTIONS.map((name) => (
        <section key={name}>
          <h3>{t(`section.${name}`)}</h3>
          <p>{report[name] || <span className={styles.dim}>{t('none')}</span>}</p>
        </section>
      ))}
    </article>
  );
}
