import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import styles from './page.module.css';
import { type Advice, adviceOf, dayOf } from './verbs';

interface Props {
  value: string;
  onValue: (value: string) => void;
}

/** What the sender is to do next, row by row; each is tracked as a follow-up of theirs. */
export function AdviceRows({ value, onValue }: Props) {
  const { t } = useTranslation('cases');
  const rows = adviceOf(value);
  const write = (next: Advice[]) => onValue(next.length > 0 ? JSON.stringify(next) : '');
  const change = (at: number, said: Partial<Advice>) =>
    write(rows.map((row, index) => (index === at ? { ...row, ...said } : row)));
  return (
    <fieldset className={styles.advice}>
      <legend>{t('referral.ask.advice')}</legend>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own and only the last is added
        <div key={index} className={styles.adviceRow}>
          <TextField
            label={t('referral.advice.what', { n: index + 1 })}
            value={row.text}
            maxLength={2000}
            autoFocus={row.text === ''}
            onChange={(event) => change(index, { text: event.target.value })}
          />
          <TextField
            label={t('referral.advice.until')}
            type="date"
            min={dayOf(Date.now())}
            value={row.day}
            onChange={(event) => change(index, { day: event.target.value })}
          />
          <Button
            tone="bare"
            icon="close"
            aria-label={t('referral.advice.drop', { n: index + 1 })}
            onClick={() => write(rows.toSpliced(index, 1))}
          />
        </div>
      ))}
      {rows.length < 20 && (
        <Button tone="bare" icon="plus" onClick={() => write([...rows, { text: '', day: '' }])}>
          {t('referral.advice.add')}
        </Button>
      )}
    </fieldset>
  );
}
