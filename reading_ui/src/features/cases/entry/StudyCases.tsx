import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { StudyView } from '@/api/types';
import { useLiveList } from '@/live';
import { Button } from '@/ui/Button';
import * as calls from '../calls';
import { caseKeys } from '../keys';
import styles from './entry.module.css';
import { OpenCaseDialog } from './OpenCaseDialog';

/** The cases that a study belongs to, and what may be begun with it: a case, a referral. */
export function StudyCases({ study }: { study: StudyView }) {
  const { t } = useTranslation('cases');
  const navigate = useNavigate();
  const [opening, setOpening] = useState(false);
  useLiveList(caseKeys.cases);
  const found = useQuery({
    queryKey: [...caseKeys.cases, 'of-study', study.study.id],
    queryFn: ({ signal }) => calls.cases({ study: study.study.id, limit: 20 }, signal),
  });
  const rows = found.data?.items ?? [];
  const mayOpen = study.verbs.includes('case.open');
  if (!mayOpen && rows.length === 0) return null;
  return (
    <section className={styles.bar} aria-label={t('entry.cases')} data-testid="study-cases">
      <strong>{t('entry.cases')}</strong>
      {rows.map((row) => (
        <Link key={row.id} to={`/cases/${row.id}`}>
          {row.number} {row.title}
        </Link>
      ))}
      {mayOpen && (
        <span className={styles.buttons}>
          <Button icon="plus" onClick={() => setOpening(true)}>
            {t('entry.newCase')}
          </Button>
          <Button icon="route" onClick={() => navigate(`/referrals/new?study=${study.study.id}`)}>
            {t('entry.refer')}
          </Button>
        </span>
      )}
      {opening && (
        <OpenCaseDialog
          studyId={study.study.id}
          patient={`${study.patient.name} ${study.patient.patient_id}`}
          about={study.study.description}
          onClose={() => setOpening(false)}
        />
      )}
    </section>
  );
}
