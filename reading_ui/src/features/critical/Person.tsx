import { useTranslation } from 'react-i18next';
import type { Critical } from '@/api/types';
import { ageOf, useSexWord } from '@/ui/person';

/** The patient as they must be told apart: name, sex, age, number at the hospital. */
export function Person({ one }: { one: Critical }) {
  const { t } = useTranslation('ui');
  const sexWord = useSexWord();
  const age = ageOf(one.patient.age);
  return (
    <span>
      <b>{one.patient.name || t('identity.nameless')}</b> {sexWord(one.patient.sex)}{' '}
      {age && t(`age.${age.unit}`, { n: age.n })} {one.patient.patient_id}@{one.site.name}
    </span>
  );
}
