import { useTranslation } from 'react-i18next';
import { SelectField, TextField } from '@/ui/Field';
import { isMet } from '../referral/library';
import { useSites } from '../referral/useReferral';
import type { Written } from '../referralCalls';
import { type Criteria, priorities, type ReferralPriority, type ReferralView } from '../types';
import styles from './draft.module.css';
import { mayReceive } from './missing';
import { Part } from './Part';

interface Props {
  fields: ReferralView;
  toSite: string | null;
  list: Criteria | undefined;
  onSite: (id: string | null) => void;
  onChange: (changes: Written) => void;
}

/** To which hospital, how quickly, into which department. */
export function WherePart({ fields, toSite, list, onSite, onChange }: Props) {
  const { t } = useTranslation('cases');
  const sites = useSites();
  const here = sites.find((site) => site.id === fields.from_site.id)?.level;
  const there = sites.filter(
    (site) => site.id !== fields.from_site.id && mayReceive(fields.direction, here, site.level),
  );
  const green = fields.direction === 'up' && (list?.green ?? false);
  const ready = green && list !== undefined && isMet(list, fields.ticked);
  const offered = priorities.filter((one) => one !== 'green' || green || fields.priority === 'green');
  return (
    <Part title={t('referral.form.part.where')}>
      <div className={styles.pair}>
        <SelectField
          label={t('referral.form.to')}
          value={toSite ?? ''}
          onChange={(event) => onSite(event.target.value || null)}
        >
          <option value="">{t('ui:choose')}</option>
          {there.map((site) => (
            <option key={site.id} value={site.id}>
              {site.name}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t('referral.form.department')}
          value={fields.wanted_department}
          maxLength={200}
          onChange={(event) => onChange({ wanted_department: event.target.value })}
        />
      </div>
      <fieldset className={styles.choices}>
        <legend>
          {t('referral.form.priority')}{' '}
          {fields.direction === 'down' && <small>{t('referral.priorityHint.normal')}</small>}
        </legend>
        {offered.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="priority"
              checked={fields.priority === one}
              onChange={() => onChange({ priority: one satisfies ReferralPriority })}
            />
            <span>
              {t(`referral.priority.${one}`)}{' '}
              {fields.direction === 'up' && <small>{t(`referral.priorityHint.${one}`)}</small>}
            </span>
          </label>
        ))}
      </fieldset>
      {fields.priority === 'green' && (
        <p className={ready ? styles.note : styles.warn}>
          {ready ? list.automatic && t('referral.form.autoAccept') : t('referral.form.greenNot')}
        </p>
      )}
    </Part>
  );
}
