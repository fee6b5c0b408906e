import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import styles from './report.module.css';
import { insertAt, REQUIRED, type Section } from './sections';

export interface SectionHandle {
  /** Puts text at the caret and leaves the caret behind it. */
  insert(piece: string): void;
  focus(): void;
}

interface Props {
  name: Section;
  value: string;
  readOnly?: boolean;
  lacking?: boolean;
  onChange: (text: string) => void;
  onFocus?: () => void;
  handle?: Ref<SectionHandle>;
}

const LEAST_ROWS: Record<Section, number> = { findings: 9, impression: 4, advice: 2 };

/** A plain text field that grows with its text: nothing between the input method and the letters. */
export function SectionField({
  name,
  value,
  readOnly = false,
  lacking = false,
  onChange,
  onFocus,
  handle,
}: Props) {
  const { t } = useTranslation('report');
  const box = useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text
  useEffect(() => grow(box.current), [value]);
  useEffect(() => {
    const field = box.current;
    if (!field) return;
    const watch = new ResizeObserver(() => grow(field));
    watch.observe(field.parentElement ?? field);
    return () => watch.disconnect();
  }, []);
  useImperativeHandle(handle, () => ({
    insert(piece) {
      const field = box.current;
      if (!field) return;
      const made = insertAt(field.value, field.selectionStart, field.selectionEnd, piece);
      onChange(made.text);
      requestAnimationFrame(() => {
        field.focus();
        field.setSelectionRange(made.caret, made.caret);
      });
    },
    focus: () => box.current?.focus(),
  }));
  return (
    <div className={styles.section}>
      <label htmlFor={`section-${name}`}>
        {t(`section.${name}`)}
        {REQUIRED.includes(name) && !readOnly && (
          <i className={styles.required} title={t('required')}>
            *
          </i>
        )}
        {lacking && <span className={styles.lacking}>{t('lacking')}</span>}
      </label>
      <textarea
        ref={box}
        id={`section-${name}`}
        className={cx(styles.text, lacking && styles.lackingField)}
        rows={LEAST_ROWS[name]}
        value={value}
        readOnly={readOnly}
        maxLength={20_000}
        spellCheck={false}
        aria-invalid={lacking || undefined}
        placeholder={readOnly ? '' : t(`placeholder.${name}`)}
        onChange={(event) => onChange(event.target.value)}
        onFocus={onFocus}
      />
    </div>
  );
}

function grow(field: HTMLTextAreaElement | null): void {
  if (!field) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + 2}px`;
}
