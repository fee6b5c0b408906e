import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useSession } from '@/api/session';
import type { Role, WorklistRow } from '@/api/types';
import { Button } from '@/ui/Button';
import styles from './entry.module.css';
import { OpenCaseDialog } from './OpenCaseDialog';

/** Who takes care of patients; whether they may with this study, the server says. */
const WARD: ReadonlySet<Role> = new Set(['county_doctor', 'coordinator', 'expert']);

/** For the chosen study of a list: begin a case or a referral with it, for whom by name and number. */
export function RowActions({ row }: { row: WorklistRow | null }) {
  const { t } = useTranslation('cases');
  const navigate = useNavigate();
  const [opening, setOpening] = useState(false);
  const ward = useSession(({ me }) => me?.roles.some(({ role }) => WARD.has(role)) ?? false);
  if (!ward || row?.kind === 'receiving') return null;
  if (!row) return <span className={styles.of}>{t('entry.choose')}</span>;
  const name = `${row.patient.name || t('ui:identity.nameless')} ${row.patient.patient_id}`;
  return (
    <span className={styles.row}>
      <span className={styles.of}>{t('entry.of', { name })}</span>
      <Button onClick={() => setOpening(true)}>{t('entry.newCase')}</Button>
      <Button onClick={() => navigate(`/referrals/new?study=${row.study_id}`)}>{t('entry.refer')}</Button>
      {opening && (
        <OpenCaseDialog
          studyId={row.study_id}
          patient={name}
          about={row.description}
          onClose={() => setOpening(false)}
        />
      )}
    </span>
  );
}
