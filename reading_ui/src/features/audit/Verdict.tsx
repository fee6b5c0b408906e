import { useTranslation } from 'react-i18next';
import type { JournalCheck } from '@/api/types';
import { cx } from '@/lib/cx';
import { Icon } from '@/ui/icons';
import styles from './AuditPage.module.css';

/** Whether the chain holds; if not, which facts and seals, in words. */
export function Verdict({ found }: { found: JournalCheck }) {
  const { t } = useTranslation('audit');
  return (
    <section className={cx(styles.verdict, !found.holds && styles.broken)} role="status">
      <p className={styles.said}>
        <Icon name={found.holds ? 'check' : 'alarm'} size={18} />
        {found.holds ? t('holds', { count: found.facts }) : t('broken', { count: found.findings.length })}
      </p>
      <ul>
        {found.findings.map((finding) => (
          <li key={`${finding.code}-${finding.seq}-${finding.seal_no}`}>
            {t(`finding.${finding.code}`, { defaultValue: finding.code })}
            {finding.seq !== null && ` · ${t('fact', { n: finding.seq })}`}
            {finding.seal_no !== null && ` · ${t('seal', { n: finding.seal_no })}`}
            {finding.detail && ` · ${finding.detail}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
