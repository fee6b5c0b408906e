import { useTranslation } from 'react-i18next';
import { ageOf, useSexWord } from './person';

interface Shown {
  name: string;
  doubtful: boolean;
  sex: string;
  age: string | null;
  patient_id: string;
  /** Whose number it is, where several hospitals stand in one list. */
  site?: string;
}

interface Props {
  patient: Shown;
  doubt?: string | undefined;
  id?: string | undefined;
}

/** `测试甲 男 56岁 P0012@示例县医院`: a name is never alone, and two hospitals may have one number. `doubt` and `id` are the classes of the place where it stands. */
export function PatientWords({ patient, doubt, id }: Props) {
  const { t } = useTranslation('ui');
  const sexWord = useSexWord();
  const age = ageOf(patient.age);
  return (
    <>
      <strong>{patient.name || t('identity.nameless')}</strong>
      {patient.doubtful && <span className={doubt}>{t('identity.doubtful')}</span>}
      <span>{sexWord(patient.sex)}</span>
      {age && <span>{t(`age.${age.unit}`, { n: age.n })}</span>}
      <span className={id}>{[patient.patient_id, patient.site].filter(Boolean).join('@')}</span>
    </>
  );
}
