import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as calls from '@/api/calls';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import styles from './auth.module.css';
import { freshPassword, NewPasswordFields } from './NewPasswordFields';

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('auth');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { password, wrong } = freshPassword(form);
    if (wrong) return setProblem(t(wrong));
    setBusy(true);
    setProblem(null);
    try {
      await calls.changePassword(String(form.get('old') ?? ''), password);
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
        <NewPasswordFields />
        <Button type="submit" tone="next" busy={busy}>
          {t('password.go')}
        </Button>
      </form>
    </Dialog>
  );
}
