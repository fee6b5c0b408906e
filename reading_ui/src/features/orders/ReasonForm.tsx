import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { TextArea } from '@/ui/Field';
import styles from './orders.module.css';

interface Props {
  label: string;
  go: string;
  busy: boolean;
  onSend: (reason: string) => void;
  onClose: () => void;
}

/** Why, before it is done. */
export function ReasonForm({ label, go, busy, onSend, onClose }: Props) {
  const { t } = useTranslation('ui');
  const [reason, setReason] = useState('');
  return (
    <form
      className={styles.reason}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) onSend(reason.trim());
      }}
    >
      <TextArea
        label={label}
        value={reason}
        maxLength={2000}
        rows={2}
        autoFocus
        onChange={(event) => setReason(event.target.value)}
      />
      <div className={styles.actions}>
        <Button tone="bare" onClick={onClose}>
          {t('back')}
        </Button>
        <Button type="submit" tone="next" busy={busy} disabled={!reason.trim()}>
          {go}
        </Button>
      </div>
    </form>
  );
}
