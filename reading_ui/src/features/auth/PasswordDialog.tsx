import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as calls from '@/api/calls';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import styles from './auth.module.css';
import { fault } from './newPassword';

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('auth');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const word = (name: string) => String(form.get(name) ?? '');
    const wrong = fault(word('fresh'), word('again'));
    if (wrong) return setProblem(t(wrong));
    setBusy(true);
    setProblem(null);
    try {
      await calls.changePassword(word('old'), word('fresh'));
      toast(t('password.done'));
      onClose();
    } catch (error) {
      setProblem(problemText(error));
      setBusy(false);
    }
  };

  return (
    <Dialog title={t('password.title')} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        {problem && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        <TextField
          label={t('password.old')}
          name="old"
          type="password"
          autoComplete="current-password"
          data-first
          required
        />
        <TextField
          label={t('password.fresh')}
          hint={t('password.rule')}
          name="fresh"
          type="password"
          autoComplete="new-password"
          required
        />
        <TextField
          label={t('password.again')}
          name="again"
          type="password"
          autoComplete="new-password"
          required
        />
        <Button type="submit" tone="next" busy={busy}>
          {t('password.go')}
        </Button>
      </form>
    </Dialog>
  );
}
