import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '@/api/session';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import styles from './auth.module.css';
import { signIn, signOut } from './signIn';

/** Lies over the page while the session is expired; the page and its held requests go on afterwards. */
export function ReloginDialog() {
  const { t } = useTranslation('auth');
  const person = useSession((session) => session.me?.person);
  const other = useSession((session) => session.why === 'session.other');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      await signIn(person?.login ?? '', String(form.get('password')));
    } catch (error) {
      setProblem(problemText(error));
      setBusy(false);
    }
  };

  return (
    <Dialog title={t(other ? 'relogin.otherTitle' : 'relogin.title')} veil>
      <form className={styles.form} onSubmit={submit}>
        {other && <p className={styles.note}>{t('relogin.other', { name: person?.name })}</p>}
        <p className={styles.note}>{t('relogin.safe')}</p>
        {problem && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        <TextField
          label={t('login.name')}
          name="login"
          autoComplete="username"
          value={person?.login ?? ''}
          readOnly
        />
        <TextField
          label={t('login.password')}
          name="password"
          type="password"
          autoComplete="current-password"
          data-first
          required
        />
        <Button type="submit" tone="next" busy={busy}>
          {t('relogin.go')}
        </Button>
        <button type="button" className={styles.linkish} onClick={() => void signOut()}>
          {t('relogin.leave')}
        </button>
      </form>
    </Dialog>
  );
}
