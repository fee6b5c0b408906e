import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import { TextArea, TextField } from '@/ui/Field';
import styles from './page.module.css';
import { fromLocal } from './times';

interface Props {
  verb: 'ask_supplement' | 'reject' | 'cancel';
  busy: boolean;
  onBack: () => void;
  onSend: (text: string) => void;
}

/** Sentences that are said every day stand ready; Ctrl+Enter sends. */
const quick: Record<Props['verb'], readonly string[]> = {
  ask_supplement: ['consent', 'labs', 'priors', 'history'],
  reject: ['not_indicated', 'wrong_specialty', 'emergency'],
  cancel: ['resolved', 'transferred', 'duplicate'],
};

export function WordsForm({ verb, busy, onBack, onSend }: Props) {
  const { t } = useTranslation('consult');
  const [text, setText] = useState('');
  const ready = text.trim() !== '' && !busy;
  return (
    <form
      className={styles.words}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSend(text.trim());
      }}
    >
      <div className={styles.quick}>
        {quick[verb].map((key) => (
          <button
            key={key}
            type="button"
            onClick={() =>
              setText((before) => [before.trim(), t(`quick.${verb}.${key}`)].filter(Boolean).join('；'))
            }
          >
            {t(`quick.${verb}.${key}`)}
          </button>
        ))}
      </div>
      <TextArea
        label={t(`ask.${verb}`)}
        value={text}
        rows={3}
        maxLength={4000}
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing && ready)
            onSend(text.trim());
        }}
      />
      <Buttons
        verb={t(`verb.${verb}`)}
        danger={verb !== 'ask_supplement'}
        busy={busy}
        ready={ready}
        onBack={onBack}
      />
    </form>
  );
}

interface DeclineProps {
  timed: boolean;
  busy: boolean;
  onBack: () => void;
  onSend: (reason: string) => void;
}

/** Not then: why, and when it would suit instead. */
export function DeclineForm({ timed, busy, onBack, onSend }: DeclineProps) {
  const { t } = useTranslation('consult');
  const [reason, setReason] = useState('');
  const [better, setBetter] = useState('');
  const at = fromLocal(better);
  const proposal = at ? t('decline.proposal', { at: fullTime(at.toISOString()).slice(0, 16) }) : '';
  const said = [reason.trim(), proposal].filter(Boolean).join('；');
  const ready = said !== '' && !busy;
  return (
    <form
      className={styles.words}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSend(said);
      }}
    >
      <TextArea
        label={t('ask.decline_time')}
        value={reason}
        rows={2}
        maxLength={2000}
        autoFocus
        onChange={(event) => setReason(event.target.value)}
      />
      {timed && (
        <TextField
          label={t('decline.better')}
          type="datetime-local"
          value={better}
          onChange={(event) => setBetter(event.target.value)}
        />
      )}
      <Buttons verb={t('verb.decline_time')} danger busy={busy} ready={ready} onBack={onBack} />
    </form>
  );
}

interface ButtonsProps {
  verb: string;
  danger?: boolean;
  busy: boolean;
  ready: boolean;
  onBack: () => void;
}

export function Buttons({ verb, danger = false, busy, ready, onBack }: ButtonsProps) {
  const { t } = useTranslation('consult');
  return (
    <div className={styles.actions}>
      <Button type="submit" tone={danger ? 'danger' : 'next'} busy={busy} disabled={!ready}>
        {verb}
      </Button>
      <Button tone="bare" onClick={onBack}>
        {t('back')}
      </Button>
    </div>
  );
}
