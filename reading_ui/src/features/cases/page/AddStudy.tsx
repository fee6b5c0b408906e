import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { countyStudies } from '@/api/calls';
import { keysOf } from '@/api/queries';
import { studyDay } from '@/lib/time';
import { Button } from '@/ui/Button';
import * as calls from '../calls';
import type { CaseView } from '../types';
import styles from './Side.module.css';
import { useCaseVerb } from './useCase';

/** Other studies of the same patient at this hospital, one button each. */
export function AddStudy({ view }: { view: CaseView }) {
  const { t } = useTranslation('cases');
  const [open, setOpen] = useState(false);
  const add = useCaseVerb(view.id, (studyId: string) => calls.addStudy(view.id, studyId));
  const found = useQuery({
    queryKey: [...keysOf.countyStudies, 'of-patient', view.patient.patient_id],
    queryFn: ({ signal }) => countyStudies({ q: view.patient.patient_id, limit: 50 }, signal),
    enabled: open,
  });
  const known = new Set(view.studies.map((one) => one.id));
  const others = (found.data?.items ?? []).filter(
    (row) => row.patient.patient_id === view.patient.patient_id && !known.has(row.study_id),
  );
  if (!open) {
    return (
      <Button tone="bare" icon="plus" onClick={() => setOpen(true)}>
        {t('studies.add')}
      </Button>
    );
  }
  return (
    <div className={styles.adding}>
      {found.isSuccess && others.length === 0 && <p className={styles.dim}>{t('studies.noOther')}</p>}
      {others.map((row) => (
        <p key={row.study_id} className={styles.other}>
          <span>
            {row.modalities.join('/')} {row.description || row.body_part} · {studyDay(row.study_at)}
          </span>
          <Button busy={add.isPending} onClick={() => add.mutate(row.study_id)}>
            {t('studies.put')}
          </Button>
        </p>
      ))}
      <Button tone="bare" onClick={() => setOpen(false)}>
        {t('ui:close')}
      </Button>
    </div>
  );
}
