import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import styles from './Field.module.css';

interface Labelled {
  label: string;
  hint?: string;
  problem?: string | null;
}

/** How near the end of what fits a text is; a browser cuts what is pasted beyond it and says nothing. */
function Full({ value, most }: { value: unknown; most: number | undefined }) {
  const { t } = useTranslation('ui');
  if (most === undefined || most < 100 || typeof value !== 'string' || value.length < most * 0.9) return null;
  const left = most - value.length;
  return (
    <p className={cx(left > 0 ? styles.hint : styles.problem)} role="status">
      {left > 0 ? t('field.left', { left }) : t('field.full', { most })}
    </p>
  );
}

interface Framed extends Labelled {
  id: string;
  value?: unknown;
  most?: number;
  children: ReactNode;
}

function Frame({ id, label, hint, problem, value, most, children }: Framed) {
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children}
      <Full value={value} most={most} />
      {(problem || hint) && (
        <p
          id={`${id}-note`}
          className={cx(problem ? styles.problem : styles.hint)}
          role={problem ? 'alert' : undefined}
        >
          {problem ?? hint}
        </p>
      )}
    </div>
  );
}

export function TextField({
  label,
  hint,
  problem,
  className,
  ...rest
}: Labelled & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} problem={problem} value={rest.value} most={rest.maxLength}>
      <input
        id={id}
        {...rest}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem || hint ? `${id}-note` : undefined}
        className={cx(styles.input, className)}
      />
    </Frame>
  );
}

export function TextArea({
  label,
  hint,
  problem,
  className,
  ...rest
}: Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} problem={problem} value={rest.value} most={rest.maxLength}>
      <textarea
        id={id}
        {...rest}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem || hint ? `${id}-note` : undefined}
        className={cx(styles.input, styles.area, className)}
      />
    </Frame>
  );
}

export function SelectField({
  label,
  hint,
  problem,
  children,
  ...rest
}: Labelled & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} problem={problem}>
      <select id={id} {...rest} className={styles.input}>
        {children}
      </select>
    </Frame>
  );
}
