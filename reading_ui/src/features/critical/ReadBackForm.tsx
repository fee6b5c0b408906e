import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Critical } from '@/api/types';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import styles from './critical.module.css';
import { useCriticalVerb } from './useCriticals';

/** The receiver repeats the finding in typed words. Pasting is no repeating. */
export function ReadBackForm({ one }: { one: Critical }) {
  const { t } = useTranslation('critical');
  const [said, setSaid] = useState('');
  const send = useCriticalVerb((words: string) => calls.acknowledge(one.id, words));
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate(said, { onSuccess: () => toast(t('readBack.done')) });
      }}
    >
      <TextField
        label={t('readBack.label')}
        hint={t('readBack.hint')}
        autoFocus
        autoComplete="off"
        maxLength={500}
        value={said}
        problem={send.isError ? problemText(send.error) : null}
        onChange={(event) => {
          send.reset();
          setSaid(event.target.value);
        }}
        onPaste={(event) => event.preventDefault()}
        onDrop={(event) => event.preventDefault()}
      />
      <Button type="submit" tone="next" icon="check" busy={send.isPending} disabled={said.trim() === ''}>
        {t('readBack.now')}
      </Button>
    </form>
  );
}
