import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as api from '@/api/calls';
import { keysOf } from '@/api/queries';
import { cx } from '@/lib/cx';
import { studyDay } from '@/lib/time';
import { sayProblem } from '@/ui/problemText';
import * as calls from './calls';
import { toggled } from './draft';
import styles from './request.module.css';
import type { Consultation } from './types';

interface Props {
  view: Pick<Consultation, 'case_id' | 'patient' | 'studies'>;
  chosen: string[];
  problem?: string | null;
  onChange: (ids: string[]) => void;
}

interface Candidate {
  id: string;
  at: string | null;
  what: string;
  size: number;
}

/** Which examinations of this patient go along: those of the own hospital's list, ticked or not. */
export function StudyChoice({ view, chosen, problem, onChange }: Props) {
  const { t } = useTranslation('consult');
  const cache = useQueryClient();
  const [adding, setAdding] = useState('');
  const inCase = useQuery({
    queryKey: ['case', view.case_id],
    queryFn: ({ signal }) => calls.caseView(view.case_id, signal),
  });
  const candidates = useCandidates(view);
  const problems = new Map(inCase.data?.studies.map((study) => [study.id, study.problem]));
  const toggle = async (id: string, on: boolean) => {
    const known = inCase.data?.studies.some((study) => study.id === id) ?? false;
    try {
      if (on && !known) {
        setAdding(id);
        cache.setQueryData(['case', view.case_id], await calls.addStudy(view.case_id, id));
      }
      onChange(toggled(chosen, id, on));
    } catch (error) {
      sayProblem(error);
    } finally {
      setAdding('');
    }
  };
  return (
    <div className={styles.choice}>
      <span className={styles.label}>{t('field.studies', { n: chosen.length })}</span>
      {candidates.length === 0 && <p className={styles.note}>{t('noStudies')}</p>}
      <ul className={styles.studies}>
        {candidates.map(({ id, at, what, size }) => (
          <li key={id}>
            <label className={cx(styles.study, chosen.includes(id) && styles.chosen)}>
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                disabled={adding === id || inCase.isPending}
                onChange={(event) => void toggle(id, event.target.checked)}
              />
              <span className={styles.cut}>{what}</span>
              <span className={styles.dim}>
                {studyDay(at)} · {t('ui:objects', { n: size })}
              </span>
            </label>
            <StudyProblem code={problems.get(id)} />
          </li>
        ))}
      </ul>
      {problem && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** Why it was left out, or what to know before it goes along. */
function StudyProblem({ code }: { code: string | null | undefined }) {
  const { t } = useTranslation('consult');
  const known = {
    'study.conflict': 'conflict',
    'study.held': 'held',
    'study.not_shared': 'not_shared',
  } as const;
  const key = known[code as keyof typeof known];
  return key ? <p className={styles.warn}>{t(`studyProblem.${key}`)}</p> : null;
}

function useCandidates({ patient, studies }: Props['view']): Candidate[] {
  const number = patient?.patient_id ?? '';
  const own = useQuery({
    queryKey: [...keysOf.countyStudies, 'of-patient', number],
    queryFn: ({ signal }) => api.countyStudies({ q: number, limit: 50 }, signal),
    enabled: number !== '',
  });
  const rows = (own.data?.items ?? []).filter(
    (row) => row.kind !== 'receiving' && row.patient.id === patient?.id,
  );
  const found = new Map<string, Candidate>();
  for (const row of rows) {
    const what = [row.modalities.join('/'), row.description || row.body_part].filter(Boolean).join(' ');
    found.set(row.study_id, { id: row.study_id, at: row.study_at, what, size: row.instance_count });
  }
  for (const one of studies) {
    if (found.has(one.study_id)) continue;
    const what = [one.modalities.join('/'), one.description || one.body_part].filter(Boolean).join(' ');
    found.set(one.study_id, { id: one.study_id, at: one.study_at, what, size: one.instance_count });
  }
  return [...found.values()].toSorted((a, b) => (b.at ?? '').localeCompare(a.at ?? ''));
}
