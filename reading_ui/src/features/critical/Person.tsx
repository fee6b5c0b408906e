import type { Critical } from '@/api/types';
import { PatientWords } from '@/ui/PatientWords';
import styles from './critical.module.css';

/** The patient as they must be told apart: name and whether it is in doubt, sex, age, number at the hospital. */
export function Person({ one }: { one: Critical }) {
  return (
    <span className={styles.person}>
      <PatientWords patient={{ ...one.patient, site: one.site.name }} doubt={styles.doubt} />
    </span>
  );
}
