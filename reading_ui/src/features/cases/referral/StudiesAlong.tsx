import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { cx } from '@/lib/cx';
import { studyDay } from '@/lib/time';
import * as calls from '../calls';
import { caseKeys } from '../keys';
import styles from './page.module.css';

/** The studies of the case as far as they are open to this person; those that are not, say when they will be. */
export function StudiesAlong({ caseId, hint }: { caseId: string; hint?: string }) {
  const { t } = useTranslation('cases');
  const found = useQuery({
    queryKey: [...caseKeys.one(caseId), 'view'],
    queryFn: ({ signal }) => calls.caseOf(caseId, signal),
  });
  const studies = found.data?.studies ?? [];
  return (
    <section className={styles.card} data-testid="studies-along">
      <h2>
        {t('referral.images')} <span className={styles.dim}>{studies.length}</span>
      </h2>
      {hint && <p className={styles.dim}>{hint}</p>}
      <ul className={styles.along}>
        {studies.map((study) =>
          study.verbs.includes('study.images') ? (
            <li key={study.id}>
              <span>
                <strong>{study.modalities.join('/')}</strong> {study.description || study.body_part}{' '}
                <span className={cx(styles.dim, styles.day)}>{studyDay(study.study_at)}</span>
              </span>
              <span className={styles.links}>
                <Link to={`/read/${study.id}`}>{t('studies.images')}</Link>
                {study.report_id && <Link to={`/studies/${study.id}`}>{t('studies.report')}</Link>}
              </span>
            </li>
          ) : (
            <li key={study.id} className={styles.dim}>
              {t('referral.imagesLater')}
            </li>
          ),
        )}
      </ul>
      <Link to={`/cases/${caseId}`}>
        {t('referral.case')} {found.data?.number}
      </Link>
    </section>
  );
}
