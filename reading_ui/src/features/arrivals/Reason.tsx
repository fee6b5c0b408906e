import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import styles from './arrivals.module.css';

/** A decision needs a reason: one line, the verb that will be done, a way out. */
export function Reason({
  verb,
  hint,
  example = 'conflict',
  busy,
  onGive,
  onClose,
}: {
  verb: string;
  hint?: string;
  /** What such a reason looks like. */
  example?: 'conflict' | 'site' | 'merge' | 'undo' | 'lift';
  busy: boolean;
  onGive: (reason: string) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation('arrivals');
  const [words, setWords] = useState('');
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onGive(words.trim());
      }}
    >
      {hint && <p className={styles.effect}>{hint}</p>}
      <input
        aria-label={t('reasonLabel')}
        placeholder={t(`reasonHint.${example}`)}
        value={words}
        ref={(input) => input?.focus()}
        maxLength={2000}
        onChange={(event) => setWords(event.target.value)}
      />
      <Button type="submit" tone="next" busy={busy} disabled={!words.trim()}>
        {verb}
      </Button>
      <Button tone="bare" onClick={onClose}>
        {t('ui:back')}
      </Button>
    </form>
  );
}
