import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { TextField } from '@/ui/Field';
import type { Written } from '../referralCalls';
import type { ReferralView } from '../types';
import styles from './draft.module.css';
import { Part } from './Part';

const consents = ['paper', 'oral', 'emergency'] as const;

interface Props {
  fields: ReferralView;
  onChange: (changes: Written) => void;
}

/** How the patient agreed, and whom the receiving office can call. */
export function HowPart({ fields, onChange }: Props) {
  const { t } = useTranslation('cases');
  const offered = consents.filter(
    (one) => one !== 'emergency' || fields.priority !== 'normal' || fields.consent === one,
  );
  return (
    <Part title={t('referral.form.part.how')}>
      <fieldset className={styles.choices}>
        <legend>{t('referral.form.consent')}</legend>
        {offered.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="consent"
              checked={fields.consent === one}
              onChange={() => onChange({ consent: one })}
            />
            <span>{t(`referral.form.consentKind.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      {fields.consent === 'paper' && (
        <p className={styles.note}>
          {t('referral.form.consentMissing')}{' '}
          <Link to={`/cases/${fields.case_id}`}>{t('referral.form.toCase')}</Link>
        </p>
      )}
      <div className={styles.pair}>
        <TextField
          label={t('referral.form.contact')}
          value={fields.contact_name}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => onChange({ contact_name: event.target.value })}
        />
        <TextField
          label={t('referral.form.phone')}
          value={fields.contact_phone}
          maxLength={200}
          inputMode="tel"
          autoComplete="off"
          onChange={(event) => onChange({ contact_phone: event.target.value })}
        />
      </div>
    </Part>
  );
}
