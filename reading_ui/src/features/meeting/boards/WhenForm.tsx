import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import styles from '../meeting.module.css';
import { inDays, instant, localTime } from '../times';
import { WhenFields } from './WhenFields';

interface Props {
  verb: 'plan' | 'move';
  at?: string;
  minutes: number;
  busy: boolean;
  onSend: (at: string, minutes: number) => void;
  onBack: () => void;
}

/** When, and for how long. */
export function WhenForm({ verb, at, minutes: usual, busy, onSend, onBack }: Props) {
  const { t } = useTranslation('meeting');
  const [when, setWhen] = useState(() => localTime(at ? new Date(at) : inDays(7)));
  const [minutes, setMinutes] = useState(usual);
  const starts = instant(when);
  return (
    <form
      className={styles.when}
      onSubmit={(event) => {
        event.preventDefault();
        if (starts) onSend(starts, minutes);
      }}
    >
      <WhenFields when={when} minutes={minutes} onWhen={setWhen} onMinutes={setMinutes} />
      <Button type="submit" tone="next" busy={busy} disabled={!starts}>
        {t(`verb.${verb}`)}
      </Button>
      <Button tone="bare" onClick={onBack}>
        {t('ui:cancel')}
      </Button>
    </form>
  );
}
