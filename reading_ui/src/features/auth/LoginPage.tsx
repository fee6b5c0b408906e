import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import { useTitle } from '@/ui/title';
import styles from './auth.module.css';
import { Card } from './Card';
import { signIn } from './signIn';

/** The router leads on by itself as soon as somebody is signed in. */
export function LoginPage() {
  const { t } = useTranslation('auth');
  const [search] = useSearchParams();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useTitle(t('login.title'));

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const asked = event.currentTarget;
    const form = new FormData(asked);
    setBusy(true);
    setProblem(null);
    try {
      await signIn(String(form.get('login')).trim(), String(form.get('password')));
    } catch (error) {
      setProblem(problemText(error));
      setBusy(false);
      asked.querySelector<HTMLInputElement>('[name=password]')?.select();
    }
  };

  return (
    <Card title={t('login.title')} intro={t('login.product')}>
      <form className={styles.form} onSubmit={submit}>
        {search.has('idle') && !problem && <p className={styles.told}>{t('login.timedOut')}</p>}
        {problem && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        <TextField label={t('login.name')} name="login" autoComplete="username" autoFocus required />
        <TextField
          label={t('login.password')}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <Button type="submit" tone="next" busy={busy}>
          {t('login.go')}
        </Button>
        <p className={styles.note}>{t('login.forgot')}</p>
      </form>
    </Card>
  );
}
