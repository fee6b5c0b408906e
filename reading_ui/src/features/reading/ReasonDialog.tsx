import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextArea } from '@/ui/Field';
import styles from './reading.module.css';

export const RETURN_REASONS = ['documents_missing', 'images_unfit', 'wrong_region', 'other'] as const;
const RELEASE_REASONS = ['shift_over', 'not_my_field', 'opened_by_mistake', 'other'] as const;

interface Props {
  kind: 'return' | 'release';
  busy: boolean;
  onClose: () => void;
  /** `code` is the reason chosen, `text` what was added; a release sends words, a return the code as well. */
  onSend: (code: string, text: string) => void;
}

/** Giving a study out of the hand always says why: the next person must not guess. */
export function ReasonDialog({ kind, busy, onClose, onSend }: Props) {
  const { t } = useTranslation('reading');
  const codes = kind === 'return' ? RETURN_REASONS : RELEASE_REASONS;
  const [code, setCode] = useState('');
  const [text, setText] = useState('');
  const wanting = code === '' || (code === 'other' && text.trim() === '');
  const send = () =>
    onSend(code, kind === 'release' && code !== 'other' ? t(`release.${code}`) : text.trim());
  return (
    <Dialog title={t(`${kind}.title`)} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!wanting) send();
        }}
      >
        <p className={styles.dim}>{t(`${kind}.what`)}</p>
        <SelectField label={t('reason')} value={code} onChange={(event) => setCode(event.target.value)}>
          <option value="" disabled>
            {t('ui:choose')}
          </option>
          {codes.map((name) => (
            <option key={name} value={name}>
              {t(`${kind}.${name}`)}
            </option>
          ))}
        </SelectField>
        {(kind === 'return' || code === 'other') && (
          <TextArea
            label={t('words')}
            value={text}
            maxLength={2000}
            hint={kind === 'return' ? t('return.hint') : undefined}
            onChange={(event) => setText(event.target.value)}
          />
        )}
        <div className={styles.formEnd}>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" tone="next" busy={busy} disabled={wanting}>
            {t(`${kind}.send`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
