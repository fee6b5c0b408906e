import { useTranslation } from 'react-i18next';
import { SelectField, TextArea } from '@/ui/Field';
import { isMet, useWordOf } from '../referral/library';
import { useLibrary } from '../referral/useReferral';
import type { Written } from '../referralCalls';
import type { Criteria, ReferralView } from '../types';
import styles from './draft.module.css';
import { Part } from './Part';
import { Ticks } from './Ticks';

interface Props {
  fields: ReferralView;
  list: Criteria | undefined;
  onChange: (changes: Written) => void;
}

/** The disease, its list of criteria, the reason in words, and what the receiving doctor must know. */
export function WhyPart({ fields, list, onChange }: Props) {
  const { t } = useTranslation('cases');
  const wordOf = useWordOf();
  const lists = useLibrary()?.lists.filter((one) => one.direction === fields.direction) ?? [];
  const met = list ? isMet(list, fields.ticked) : false;
  const heading = t(fields.direction === 'up' ? 'referral.form.criteria' : 'referral.form.stable');
  return (
    <Part title={t('referral.form.part.why')}>
      <SelectField
        label={t('referral.form.disease')}
        value={fields.disease}
        onChange={(event) => onChange({ disease: event.target.value, ticked: [], turn_back: [] })}
      >
        {lists.map((one) => (
          <option key={one.key} value={one.key}>
            {wordOf(one)}
          </option>
        ))}
      </SelectField>
      {list && (
        <div>
          <p className={styles.listHead}>
            <strong>{heading}</strong>
            <span className={styles.dim}>
              {t('referral.form.least', { n: list.least })} ·{' '}
              {t('referral.form.version', { n: list.version })}
            </span>
            <span className={met ? styles.met : styles.warn}>
              {t(`referral.form.${met ? 'met' : 'unmet'}`)}
            </span>
          </p>
          <Ticks
            label={heading}
            items={list.items}
            ticked={fields.ticked}
            onTick={(ticked) => onChange({ ticked })}
          />
        </div>
      )}
      <TextArea
        label={t('referral.form.reason')}
        value={fields.reason}
        maxLength={20_000}
        rows={2}
        onChange={(event) => onChange({ reason: event.target.value })}
      />
      <TextArea
        label={t('referral.form.summary')}
        value={fields.summary}
        maxLength={20_000}
        rows={5}
        onChange={(event) => onChange({ summary: event.target.value })}
      />
    </Part>
  );
}
