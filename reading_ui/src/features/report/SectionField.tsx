import { type Ref, useImperativeHandle, useRef } from 'react';
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

/** Lines that are always open; what is left of the pane is shared out in the same proportion. */
const LEAST_ROWS: Record<Section, number> = { findings: 5, impression: 3, advice: 2 };

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
    <div className={styles.section} style={{ flexGrow: LEAST_ROWS[name] }}>
      <label htmlFor={`section-${name}`}>
        {t(`section.${name}`)}
        {REQUIRED.includes(name) && !readOnly && (
          <i className={styles.required} title={t('required')}>
            *
          </i>
        )}
        {lacking && <span className={styles.lacking}>{t('lacking')}</span>}
      </label>
      <div className={styles.grown} data-text={value}>
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
    </div>
  );
}
