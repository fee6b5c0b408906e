import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { problemText } from '@/ui/problemText';
import styles from './admin.module.css';

interface Props {
  title: string;
  go: string;
  onClose: () => void;
  /** Throws a Problem to stay open and say why. */
  onSend: (form: FormData) => Promise<void>;
  wide?: boolean;
  children: ReactNode;
}

/** A form that stays open, with everything typed, until the server has taken it. */
export function FormPanel({ title, go, onClose, onSend, wide, children }: Props) {
  const { t } = useTranslation('ui');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      await onSend(form);
      onClose();
    } catch (error) {
      setProblem(problemText(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose} wide={wide}>
      <form className={styles.form} onSubmit={submit}>
        {problem && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        {children}
        <div className={styles.actions}>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" tone="next" busy={busy}>
            {go}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** A field of the form as text without outer spaces. */
export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();
export const textOrNull = (form: FormData, name: string): string | null => textOf(form, name) || null;
