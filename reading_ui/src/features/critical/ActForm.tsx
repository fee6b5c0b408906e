import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Critical } from '@/api/types';
import { Button } from '@/ui/Button';
import { SelectField, TextArea } from '@/ui/Field';
import { sayProblem } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import styles from './critical.module.css';
import { actions, outcomes } from './states';
import { useCriticalVerb } from './useCriticals';

/** What is done for the patient. */
export function ActForm({ one }: { one: Critical }) {
  const { t } = useTranslation('critical');
  const send = useCriticalVerb(({ code, text }: Said) => calls.act(one.id, code, text));
  return (
    <CodedForm
      kind="action"
      codes={actions}
      busy={send.isPending}
      onSend={(said) =>
        send.mutate(said, { onSuccess: () => toast(t('act.done')), onError: (error) => sayProblem(error) })
      }
    />
  );
}

/** What became of the patient: ends the loop. */
export function CloseForm({ one, onClosed }: { one: Critical; onClosed: () => void }) {
  const { t } = useTranslation('critical');
  const send = useCriticalVerb(({ code, text }: Said) => calls.close(one.id, code, text));
  const done = () => {
    toast(t('close.done'));
    onClosed();
  };
  return (
    <CodedForm
      kind="outcome"
      codes={outcomes}
      busy={send.isPending}
      onSend={(said) => send.mutate(said, { onSuccess: done, onError: (error) => sayProblem(error) })}
    />
  );
}

interface Said {
  code: string;
  text: string;
}

interface Props {
  kind: 'action' | 'outcome';
  codes: readonly string[];
  busy: boolean;
  onSend: (said: Said) => void;
}

function CodedForm({ kind, codes, busy, onSend }: Props) {
  const { t } = useTranslation('critical');
  const [code, setCode] = useState('');
  const [text, setText] = useState('');
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSend({ code, text: text.trim() });
      }}
    >
      <SelectField
        label={t(`ask.${kind}`)}
        value={code}
        autoFocus
        onChange={(event) => setCode(event.target.value)}
      >
        <option value="" disabled>
          {t('ui:choose')}
        </option>
        {codes.map((one) => (
          <option key={one} value={one}>
            {t(`${kind}.${one}`)}
          </option>
        ))}
      </SelectField>
      <TextArea
        label={t('ask.words')}
        value={text}
        maxLength={2000}
        rows={2}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" tone="next" busy={busy} disabled={code === ''}>
        {t(`send.${kind}`)}
      </Button>
    </form>
  );
}
