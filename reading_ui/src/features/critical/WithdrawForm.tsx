import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Critical } from '@/api/types';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { sayProblem } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import styles from './critical.module.css';
import { useCriticalVerb } from './useCriticals';

/** Whoever raised a finding takes it back with a reason; the hospital is told when it had read it back. */
export function WithdrawForm({ one, onDone }: { one: Critical; onDone: () => void }) {
  const { t } = useTranslation('critical');
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const send = useCriticalVerb((why: string) => calls.withdraw(one.id, why));
  const done = () => {
    toast(t('withdraw.done'));
    onDone();
  };
  if (!asking) return <Button onClick={() => setAsking(true)}>{t('withdraw.open')}</Button>;
  return (
    <form
      className={styles.inline}
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate(reason.trim(), { onSuccess: done, onError: (error) => sayProblem(error) });
      }}
    >
      <TextField
        label={t('withdraw.reason')}
        autoFocus
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button type="submit" tone="danger" busy={send.isPending} disabled={reason.trim().length < 2}>
        {t('withdraw.now')}
      </Button>
    </form>
  );
}
