import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Patient } from '@/api/types';
import { cx } from '@/lib/cx';
import { ageOf, useSexWord } from '@/ui/person';
import styles from './Who.module.css';

interface Props {
  patient: Patient;
  site: string;
  to: string;
  /** Without the hospital, where it stands beside it or there is no room; the number is always there: a name alone is never enough. */
  short?: boolean;
  /** On a phone: the number under the name. */
  stacked?: boolean;
}

/** The patient as they must be told apart: name, sex, age, number at the hospital. */
export function Who({ patient, site, to, short = false, stacked = false }: Props) {
  const { t } = useTranslation('ui');
  const sexWord = useSexWord();
  const age = ageOf(patient.age);
  return (
    <span className={cx(styles.who, stacked && styles.stacked)}>
      <Link to={to} className={styles.name}>
        {patient.name || t('identity.nameless')}
      </Link>
      {patient.doubtful && <span className={styles.doubt}>{t('identity.doubtful')}</span>}
      <span>{sexWord(patient.sex)}</span>
      {age && <span>{t(`age.${age.unit}`, { n: age.n })}</span>}
      <span className={styles.id}>
        {short || stacked ? patient.patient_id : `${patient.patient_id}@${site}`}
      </span>
    </span>
  );
}
