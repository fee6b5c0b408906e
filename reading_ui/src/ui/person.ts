import { useTranslation } from 'react-i18next';

export type AgeUnit = 'years' | 'months' | 'weeks' | 'days';
const units: Record<string, AgeUnit> = { Y: 'years', M: 'months', W: 'weeks', D: 'days' };

/** DICOM age string (PS3.5 AS, `056Y`) or a bare number of years. Anything else is not shown as an age. */
export function ageOf(age: string | null | undefined): { n: number; unit: AgeUnit } | null {
  const found = /^\s*(\d{1,3})([YMWD]?)\s*$/i.exec(age ?? '');
  if (!found) return null;
  return { n: Number(found[1]), unit: units[(found[2] || 'Y').toUpperCase()] ?? 'years' };
}

/** M, F and O in words; empty when the header says nothing. */
export function useSexWord(): (sex: string | null | undefined) => string {
  const { t } = useTranslation('ui');
  return (sex) => {
    const letter = (sex ?? '').trim().toUpperCase().charAt(0);
    return letter === 'M' || letter === 'F' || letter === 'O' ? t(`sex.${letter}`) : '';
  };
}
