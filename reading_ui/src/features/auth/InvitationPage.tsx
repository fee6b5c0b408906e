import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import * as calls from '@/api/calls';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import { Late } from '@/ui/States';
import { useTitle } from '@/ui/title';
import styles from './auth.module.css';
import { Card } from './Card';
import { freshPassword, NewPasswordFields } from './NewPasswordFields';
import { signIn } from './signIn';

/** One-time link: the first administrator of an empty installation, or a person whose account was just made. */
export function InvitationPage() {
  const { t } = useTranslation('auth');
  const { token = '' } = useParams();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const invited = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => calls.invitation(token),
    retry: false,
  });
  const first = invited.data?.kind === 'first_admin';
  useTitle(t(first ? 'invitation.firstAdmin' : 'invitation.person'));

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const word = (name: string) => String(form.get(name) ?? '');
    const { password, wrong } = freshPassword(form);
    if (wrong) return setProblem(t(wrong));
    setBusy(true);
    setProblem(null);
    try {
      const named = first ? { login: word('login').trim(), name: word('name').trim() } : {};
      await calls.redeem(token, { ...named, password });
      await signIn(word('login').trim(), password);
      navigate('/', { replace: true });
    } catch (error) {
      setProblem(problemText(error));
      setBusy(false);
    }
  };

  if (invited.isPending) {
    return (
      <Late>
        <Card title="…">{null}</Card>
      </Late>
    );
  }
  if (invited.isError) {
    return (
      <Card title={t('invitation.absent')}>
        <p className={styles.note}>{t('invitation.absentHint')}</p>
        <p className={styles.actions}>
          <Link to="/login">{t('invitation.toLogin')}</Link>
        </p>
      </Card>
    );
  }
  return (
    <Card title={t(first ? 'invitation.firstAdmin' : 'invitation.person')}>
      <form className={styles.form} onSubmit={submit}>
        <p className={styles.note}>
          {first
            ? t('invitation.firstAdminHint')
            : t('invitation.personHint', { name: invited.data.name ?? '' })}
        </p>
        {problem && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        <TextField
          label={t('invitation.login')}
          hint={first ? t('invitation.loginHint') : undefined}
          name="login"
          autoComplete="username"
          defaultValue={invited.data.login ?? ''}
          readOnly={!first}
          required
        />
        {first && <TextField label={t('invitation.name')} name="name" autoComplete="name" required />}
        <NewPasswordFields />
        <Button type="submit" tone="next" busy={busy}>
          {t('invitation.go')}
        </Button>
      </form>
    </Card>
  );
}
