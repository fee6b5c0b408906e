import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import type { Said } from '../referralCalls';
import type { ReferralView } from '../types';
import { AskField } from './AskField';
import styles from './page.module.css';
import { complete, type Step, saidOf, wordOf } from './verbs';

interface Props {
  step: Step;
  view: ReferralView;
  busy: boolean;
  onSend: (said: Said) => void;
  onCancel: () => void;
}

/** What a step asks for, where its button was. Ctrl+Enter sends. */
export function StepForm({ step, view, busy, onSend, onCancel }: Props) {
  const { t } = useTranslation('cases');
  const [typed, setTyped] = useState<Record<string, string>>({});
  const ready = complete(step.asks, typed) && !busy;
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (ready) onSend(saidOf(step.asks, typed));
  };
  return (
    <form
      className={styles.form}
      onSubmit={send}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) send();
      }}
    >
      {step.asks.map((ask, index) => (
        <AskField
          key={ask.name}
          ask={ask}
          view={view}
          first={index === 0}
          value={typed[ask.name] ?? ''}
          onValue={(value) => setTyped({ ...typed, [ask.name]: value })}
        />
      ))}
      <div className={styles.verbs}>
        <Button
          type="submit"
          tone={step.danger ? 'danger' : 'next'}
          busy={busy}
          disabled={!ready}
          keys="ctrl+Enter"
        >
          {t(wordOf(step.move, view.direction))}
        </Button>
        <Button tone="bare" onClick={onCancel}>
          {t('ui:cancel')}
        </Button>
      </div>
    </form>
  );
}
