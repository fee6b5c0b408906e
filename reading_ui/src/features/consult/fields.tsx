import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { SelectField } from '@/ui/Field';
import * as calls from './calls';
import { type Centre, specialties } from './types';

const order = { city: 0, county: 1, township: 2 };

/** Hospitals where somebody triages, the city's first. */
export function useCentres(except: string): { known: boolean; centres: Centre[] } {
  const found = useQuery({
    queryKey: ['consultation-centres'],
    queryFn: ({ signal }) => calls.centres(signal),
    staleTime: 60_000,
  });
  const centres = (found.data?.items ?? [])
    .filter(({ id }) => id !== except)
    .toSorted((a, b) => order[a.level] - order[b.level]);
  return { known: found.isSuccess, centres };
}

interface CentreProps {
  value: string | null;
  except: string;
  /** What the chosen one is called, should nobody triage there by now. */
  name?: string;
  problem?: string | null;
  label?: string;
  onChange: (id: string | null) => void;
}

export function CentreField({ value, except, name, problem, label, onChange }: CentreProps) {
  const { t } = useTranslation('consult');
  const { known, centres } = useCentres(except);
  const unstaffed = known && value !== null && !centres.some(({ id }) => id === value);
  return (
    <SelectField
      label={label ?? t('field.centre')}
      value={value ?? ''}
      problem={unstaffed ? t('request.unstaffed') : problem}
      onChange={(event) => onChange(event.target.value || null)}
    >
      <option value="">{t('ui:choose')}</option>
      {unstaffed && <option value={value}>{name}</option>}
      {centres.map((site) => (
        <option key={site.id} value={site.id}>
          {site.name}
        </option>
      ))}
    </SelectField>
  );
}

interface SpecialtyProps {
  value: string;
  label?: string;
  none?: string;
  onChange: (specialty: string) => void;
}

export function SpecialtyField({ value, label, none, onChange }: SpecialtyProps) {
  const { t } = useTranslation('consult');
  return (
    <SelectField
      label={label ?? t('field.specialty')}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{none ?? t('field.anySpecialty')}</option>
      {specialties.map((key) => (
        <option key={key} value={key}>
          {t(`specialty.${key}`)}
        </option>
      ))}
    </SelectField>
  );
}
