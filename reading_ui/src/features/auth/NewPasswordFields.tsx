import { useTranslation } from 'react-i18next';
import { TextField } from '@/ui/Field';
import { fault } from './newPassword';

/** A new password, typed twice; the same two fields wherever one is chosen. Read them with `freshPassword`. */
export function NewPasswordFields() {
  const { t } = useTranslation('auth');
  return (
    <>
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
    </>
  );
}

/** What the two fields hold: the password, or the first thing wrong with it (i18n key in `auth`). */
export function freshPassword(form: FormData): { password: string; wrong: string | null } {
  const password = String(form.get('fresh') ?? '');
  return { password, wrong: fault(password, String(form.get('again') ?? '')) };
}
