import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Patient } from '@/api/types';
import { studyDay } from '@/lib/time';
import styles from './IdentityStrip.module.css';
import { Icon } from './icons';
import { ageOf, useSexWord } from './person';

interface Props {
  patient: Pick<Patient, 'name' | 'doubtful' | 'sex' | 'age' | 'patient_id'>;
  siteName: string;
  /** Study date (ISO date or instant). */
  studyAt: string | null;
  modalities?: string[];
  description?: string;
  /** At the right end: clocks, buttons. */
  children?: ReactNode;
}

/**
 * The wrong-patient guard: name, sex, age, id at site, study date. The same strip at the same place on worklist
 * detail, viewer, report and study page.
 */
export function IdentityStrip({ patient, siteName, studyAt, modalities = [], description, children }: Props) {
  const { t } = useTranslation('ui');
  const sexWord = useSexWord();
  const age = ageOf(patient.age);
  return (
    <section className={styles.frame} aria-label={t('identity.label')} data-testid="identity">
      <div className={styles.strip}>
        <strong className={styles.name} title={patient.name}>
          {patient.name || t('identity.nameless')}
        </strong>
        {patient.doubtful && (
          <span className={styles.doubt} title={t('identity.doubtfulWhy')}>
            <Icon name="alarm" size={13} />
            {t('identity.doubtful')}
          </span>
        )}
        <span>{sexWord(patient.sex)}</span>
        {age && <span>{t(`age.${age.unit}`, { n: age.n })}</span>}
        <span className={styles.id}>
          {patient.patient_id}
          <span className={styles.site}>@{siteName}</span>
        </span>
        <span className={styles.study}>
          {[studyDay(studyAt), modalities.join('/'), description].filter(Boolean).join(' · ')}
        </span>
        {children && <span className={styles.rest}>{children}</span>}
      </div>{' '}
    </section>
  );
}
