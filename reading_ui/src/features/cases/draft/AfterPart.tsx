import { useTranslation } from 'react-i18next';
import { SelectField, TextArea } from '@/ui/Field';
import { useWordOf } from '../referral/library';
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

/** For whoever takes the patient back: plan, drugs, visits, and when to send them up again. */
export function AfterPart({ fields, list, onChange }: Props) {
  const { t } = useTranslation('cases');
  const wordOf = useWordOf();
  const pathways = useLibrary()?.pathways ?? [];
  const proposed = pathways.toSorted(
    (a, b) => Number(!list?.pathways.includes(a.key)) - Number(!list?.pathways.includes(b.key)),
  );
  const chosen = pathways.find((one) => one.key === fields.pathway);
  return (
    <Part title={t('referral.form.part.after')}>
      <TextArea
        label={t('referral.form.plan')}
        value={fields.plan}
        maxLength={20_000}
        rows={3}
        onChange={(event) => onChange({ plan: event.target.value })}
      />
      <TextArea
        label={t('referral.form.medication')}
        value={fields.medication}
        maxLength={20_000}
        rows={3}
        onChange={(event) => onChange({ medication: event.target.value })}
      />
      {list && (
        <div>
          <p className={styles.listHead}>
            <strong>{t('referral.form.turnBack')}</strong>
            <span className={styles.dim}>{t('referral.form.turnBackHint')}</span>
          </p>
          <Ticks
            label={t('referral.form.turnBack')}
            items={list.turn_back}
            ticked={fields.turn_back}
            onTick={(turn_back) => onChange({ turn_back })}
          />
        </div>
      )}
      <TextArea
        label={t('referral.form.turnBackText')}
        value={fields.turn_back_text}
        maxLength={20_000}
        rows={2}
        onChange={(event) => onChange({ turn_back_text: event.target.value })}
      />
      <SelectField
        label={t('referral.form.pathway')}
        value={fields.pathway}
        onChange={(event) => onChange({ pathway: event.target.value })}
      >
        <option value="">{t('referral.form.noPathway')}</option>
        {proposed.map((one) => (
          <option key={one.key} value={one.key}>
            {wordOf(one)}
          </option>
        ))}
      </SelectField>
      {chosen && (
        <ol className={styles.visits}>
          {chosen.visits.map((visit) => (
            <li key={visit.day}>
              <span className={styles.dim}>{t('referral.form.visit', { day: visit.day })}</span>{' '}
              {wordOf(visit)}
            </li>
          ))}
        </ol>
      )}
    </Part>
  );
}
