import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import styles from './meeting.module.css';

interface Props {
  /** What sending is called. */
  send: string;
  busy: boolean;
  ready: boolean;
  onBack: () => void;
}

/** The end of every form of the meetings: do it, or not. */
export function FormEnd({ send, busy, ready, onBack }: Props) {
  const { t } = useTranslation('meeting');
  return (
    <div className={styles.actions}>
      <Button type="submit" tone="next" busy={busy} disabled={!ready}>
        {send}
      </Button>
      <Button tone="bare" onClick={onBack}>
        {t('ui:cancel')}
      </Button>
    </div>
  );
}
