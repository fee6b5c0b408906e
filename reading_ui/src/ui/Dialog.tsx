import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { useKeys } from '@/lib/keys';
import { Button } from './Button';
import styles from './Dialog.module.css';

/** What somebody who opens a dialog came to fill in. */
const FILLED_IN = ':is(input, select, textarea):not(:disabled, [readonly])';

interface Props {
  title: string;
  /** Absent: the dialog cannot be dismissed, only answered. */
  onClose?: () => void;
  wide?: boolean;
  /** Hides the page below instead of dimming it: nobody reads patients over a locked desk. */
  veil?: boolean;
  children: ReactNode;
}

/**
 * A native modal dialog: the focus starts at `data-first`, else at the first thing to fill in, and stays inside; Esc
 * closes and gives the focus back to what opened it; the page below keeps everything it holds.
 */
export function Dialog({ title, onClose, wide = false, veil = false, children }: Props) {
  const { t } = useTranslation('ui');
  const box = useRef<HTMLDialogElement>(null);
  useKeys('dialog', [], { modal: true });
  // Closed while it still stands in the document: only so the browser gives the focus back to what had it.
  useLayoutEffect(() => {
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    const first =
      dialog?.querySelector<HTMLElement>('[data-first]') ?? dialog?.querySelector<HTMLElement>(FILLED_IN);
    first?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      className={cx(styles.dialog, wide && styles.wide, veil && styles.veil)}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <header className={styles.head}>
        <h2>{title}</h2>
        {onClose && <Button tone="bare" icon="close" aria-label={t('close')} onClick={onClose} />}
      </header>
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}
