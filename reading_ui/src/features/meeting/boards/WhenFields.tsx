import { useTranslation } from 'react-i18next';
import { TextField } from '@/ui/Field';

interface Props {
  /** As a field of the browser has it: the own time without a zone. */
  when: string;
  minutes: number;
  onWhen: (when: string) => void;
  onMinutes: (minutes: number) => void;
}

/** When a meeting begins, and how long it takes. */
export function WhenFields({ when, minutes, onWhen, onMinutes }: Props) {
  const { t } = useTranslation('meeting');
  return (
    <>
      <TextField
        label={t('when.at')}
        type="datetime-local"
        value={when}
        onChange={(event) => onWhen(event.target.value)}
      />
      <TextField
        label={t('when.minutes')}
        type="number"
        min={15}
        max={480}
        value={minutes}
        onChange={(event) => onMinutes(Number(event.target.value))}
      />
    </>
  );
}
