import { useTranslation } from 'react-i18next';
import { SelectField, TextArea, TextField } from '@/ui/Field';
import { mayReceive } from '../draft/missing';
import type { ReferralView } from '../types';
import { AdviceRows } from './AdviceRows';
import { useSites } from './useReferral';
import { type Ask, declineReasons, outcomes } from './verbs';

interface Props {
  ask: Ask;
  view: ReferralView;
  first: boolean;
  value: string;
  onValue: (value: string) => void;
}

/** One thing that a step asks for, in the way it is typed. */
export function AskField({ ask, view, first, value, onValue }: Props) {
  const { t } = useTranslation('cases');
  const choices = useChoices(ask, view);
  const common = {
    label: t(`referral.ask.${ask.label}`),
    value,
    autoFocus: first,
    onChange: (event: { target: { value: string } }) => onValue(event.target.value),
  };
  if (ask.kind === 'advice') return <AdviceRows value={value} onValue={onValue} />;
  if (ask.kind === 'text')
    return <TextArea {...common} maxLength={2000} rows={ask.label === 'summary' ? 7 : 3} />;
  if (ask.kind === 'moment') return <TextField {...common} type="datetime-local" />;
  if (ask.kind === 'line') return <TextField {...common} maxLength={200} />;
  return (
    <SelectField {...common}>
      <option value="" disabled>
        {t('ui:choose')}
      </option>
      {choices.map(({ key, word }) => (
        <option key={key} value={key}>
          {word}
        </option>
      ))}
    </SelectField>
  );
}

function useChoices(ask: Ask, view: ReferralView): { key: string; word: string }[] {
  const { t } = useTranslation('cases');
  const sites = useSites();
  if (ask.kind === 'declined')
    return declineReasons.map((key) => ({ key, word: t(`referral.declined.${key}`) }));
  if (ask.kind === 'outcome') return outcomes.map((key) => ({ key, word: t(`referral.outcome.${key}`) }));
  if (ask.kind !== 'site') return [];
  const taken = new Set([view.from_site.id, view.to_site?.id]);
  const here = sites.find((site) => site.id === view.from_site.id)?.level;
  return sites
    .filter((site) => !taken.has(site.id) && mayReceive(view.direction, here, site.level))
    .map((site) => ({ key: site.id, word: site.name }));
}
