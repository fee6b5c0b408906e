import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { TextArea } from '@/ui/Field';
import styles from './meeting.module.css';

interface Props {
  verb: string;
  busy: boolean;
  danger?: boolean;
  /** Words are not needed. */
  free?: boolean;
  onSend: (reason: string) => void;
  onBack: () => void;
}

/** Why: kept with the case or the meeting, told to everybody it concerns. */
export function ReasonForm({ verb, busy, danger = true, free = false, onSend, onBack }: Props) {
  const { t } = useTranslation('meeting');
  const [reason, setReason] = useState('');
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (free || reason.trim()) onSend(reason.trim());
      }}
    >
      <TextArea
        label={t(`ask.${verb}`)}
        rows={2}
        maxLength={2000}
        autoFocus
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className={styles.actions}>
        <Button
          type="submit"
          tone={danger ? 'danger' : 'next'}
          busy={busy}
          disabled={!free && reason.trim() === ''}
        >
          {t(`verb.${verb}`)}
        </Button>
        <Button tone="bare" onClick={onBack}>
          {t('ui:cancel')}
        </Button>
      </div>
    </form>
  );
}
