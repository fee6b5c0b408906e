import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { asProblem } from '@/api/problem';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { problemText } from '@/ui/problemText';
import styles from './admin.module.css';
import { faultyField } from './faults';

interface Props {
  title: string;
  go: string;
  onClose: () => void;
  /** Throws a Problem to stay open and say why. */
  onSend: (form: FormData) => Promise<void>;
  wide?: boolean;
  children: ReactNode;
}

interface Fault {
  words: string;
  /** The field that is refused; null when it is none, or none that can be seen. */
  field: HTMLElement | null;
}

/** A form that stays open, with everything typed, until the server has taken it. What it refuses is said at the field, or above the buttons. */
export function FormPanel({ title, go, onClose, onSend, wide, children }: Props) {
  const { t } = useTranslation('ui');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const box = useRef<HTMLFormElement>(null);
  const line = useRef<HTMLParagraphElement>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFault(null);
    try {
      await onSend(form);
      onClose();
    } catch (error) {
      setFault({ words: problemText(error), field: fieldIn(box.current, faultyField(asProblem(error))) });
      setBusy(false);
    }
  };
  useEffect(() => {
    if (!fault) return;
    const field = fault.field;
    if (!field) {
      line.current?.scrollIntoView({ block: 'nearest' }); // its promise (newer browsers) is no clean-up
      return;
    }
    unfold(field);
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-errormessage', FAULT);
    field.scrollIntoView({ block: 'center' });
    field.focus({ preventScroll: true });
    return () => {
      field.removeAttribute('aria-invalid');
      field.removeAttribute('aria-errormessage');
    };
  }, [fault]);
  const said = fault && (
    <p className={styles.problem} role="alert" id={FAULT} ref={line}>
      {fault.words}
    </p>
  );
  return (
    <Dialog title={title} onClose={onClose} wide={wide}>
      <form
        className={styles.form}
        ref={box}
        onSubmit={submit}
        onInvalidCapture={(event) => unfold(event.target as unknown as HTMLElement)}
      >
        {children}
        {said && (fault.field?.parentElement ? createPortal(said, fault.field.parentElement) : said)}
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

const FAULT = 'form-fault';

/** The field of that name that somebody can fill in. */
function fieldIn(form: HTMLFormElement | null, name: string): HTMLElement | null {
  const field = name ? form?.elements.namedItem(name) : null;
  return field instanceof HTMLElement && field.getAttribute('type') !== 'hidden' ? field : null;
}

/** What is folded away around it is opened: nobody mends what they do not see. */
function unfold(field: HTMLElement) {
  for (let at = field.closest('details'); at; at = at.parentElement?.closest('details') ?? null)
    at.open = true;
}

/** A field of the form as text without outer spaces. */
export const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();
export const textOrNull = (form: FormData, name: string): string | null => textOf(form, name) || null;
