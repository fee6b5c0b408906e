import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskVerb, TaskWords } from '@/api/calls';
import { Button } from '../Button';
import { SelectField, TextArea } from '../Field';
import styles from './TaskActions.module.css';
import { complete, returnReasons, type WordyVerb } from './words';

interface Props {
  verb: WordyVerb;
  busy: boolean;
  onCancel: () => void;
  onSend: (verb: TaskVerb, words: TaskWords) => void;
}

/** The reason or the answer, written where the button was. Ctrl+Enter sends. */
export function WordsForm({ verb, busy, onCancel, onSend }: Props) {
  const { t } = useTranslation('task');
  const [reason, setReason] = useState('');
  const [text, setText] = useState('');
  const ready = complete(verb, reason, text);

  const send = () => {
    if (!ready || busy) return;
    const said = text.trim();
    if (verb === 'return') onSend(verb, { reason, text: said });
    else if (verb === 'answer') onSend(verb, { text: said });
    else onSend(verb, { reason: said });
  };

  return (
    <form
      className={styles.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send();
      }}
    >
      {verb === 'return' && (
        <SelectField label={t('reason')} value={reason} onChange={(event) => setReason(event.target.value)}>
          <option value="" disabled>
            {t('ui:choose')}
          </option>
          {returnReasons.map((code) => (
            <option key={code} value={code}>
              {t(`returnReason.${code}`)}
            </option>
          ))}
        </SelectField>
      )}
      <TextArea
        label={t(`ask.${verb}`)}
        value={text}
        maxLength={2000}
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) send();
        }}
      />
      <div className={styles.actions}>
        <Button
          type="submit"
          tone={verb === 'cancel' ? 'danger' : 'next'}
          busy={busy}
          disabled={!ready}
          keys="ctrl+Enter"
        >
          {t(`verb.${verb}`)}
        </Button>
        <Button tone="bare" onClick={onCancel}>
          {t('back')}
        </Button>
      </div>
    </form>
  );
}
