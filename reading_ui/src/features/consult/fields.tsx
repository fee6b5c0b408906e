import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { SelectField } from '@/ui/Field';
import * as calls from './calls';
import { specialties } from './types';

const order = { city: 0, county: 1, township: 2 };

/** Hospitals that may be asked, the city's first. */
export function useSites(except: string) {
  const found = useQuery({
    queryKey: ['sites'],
    queryFn: ({ signal }) => calls.sites(signal),
    staleTime: 300_000,
  });
  return (found.data?.items ?? [])
    .filter(({ id }) => id !== except)
    .toSorted((a, b) => order[a.level] - order[b.level]);
}

interface CentreProps {
  value: string | null;
  except: string;
  problem?: string | null;
  label?: string;
  onChange: (id: string | null) => void;
}

export function CentreField({ value, except, problem, label, onChange }: CentreProps) {
  const { t } = useTranslation('consult');
  const sites = useSites(except);
  return (
    <SelectField
      label={label ?? t('field.centre')}
      value={value ?? ''}
      problem={problem}
      onChange={(event) => onChange(event.target.value || null)}
    >
      <option value="">{t('ui:choose')}</option>
      {sites.map((site) => (
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
