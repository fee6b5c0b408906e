import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { cx } from '@/lib/cx';
import styles from './Button.module.css';
import { Icon, type IconName } from './icons';
import { Kbd } from './Kbd';

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `next` is the one thing to do next on a screen; `danger` ends something. */
  tone?: 'plain' | 'next' | 'danger' | 'bare';
  icon?: IconName;
  /** The shortcut that does the same, shown at the right. */
  keys?: string;
  busy?: boolean;
  children?: ReactNode;
}

export function Button({
  tone = 'plain',
  icon,
  keys,
  busy = false,
  children,
  className,
  disabled,
  onClick,
  ...rest
}: Props) {
  // What ends or sends something is done once, however quickly somebody clicks.
  const once = tone === 'next' || tone === 'danger' || rest.type === 'submit';
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      onClick={(event) => {
        if (once && event.detail > 1) event.preventDefault();
        else onClick?.(event);
      }}
      aria-busy={busy || undefined}
      className={cx(styles.button, styles[tone], !children && styles.square, className)}
    >
      {icon && <Icon name={icon} />}
      {children && <span className={styles.word}>{children}</span>}
      {keys && <Kbd keys={keys} />}
    </button>
  );
}
