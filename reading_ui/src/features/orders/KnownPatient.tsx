import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { useSexWord } from '@/ui/person';
import type { Known } from './known';
import styles from './orders.module.css';

interface Props {
  known: Known;
  busy: boolean;
  onAdopt: () => void;
}

/** The number is somebody else's at this hospital: both side by side. Sending the form from here says that the difference is right, and why. */
export function KnownPatient({ known, busy, onAdopt }: Props) {
  const { t } = useTranslation('orders');
  const sexWord = useSexWord();
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each comparison is shown anew
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'center' });
    box.current?.querySelector('button')?.focus();
  }, [known]);
  const words = (field: string, value: string) =>
    (field === 'sex' ? sexWord(value) : value) || t('known.unsaid');
  return (
    <div className={styles.known} ref={box} role="alert" data-testid="known-patient">
      <strong>{t('known.title', { number: known.number })}</strong>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('known.known')}</th>
            <th scope="col">{t('known.typed')}</th>
          </tr>
        </thead>
        <tbody>
          {known.rows.map((row) => (
            <tr key={row.field}>
              <th scope="row">{t(`field.${row.field}`)}</th>
              <td>{words(row.field, row.known)}</td>
              <td>
                {words(row.field, row.typed)} {row.differs && <span className={styles.differs}>≠</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Button tone="next" onClick={onAdopt}>
        {t('known.adopt')}
      </Button>
      <TextField label={t('known.reason')} name="differs_reason" maxLength={500} required />
      <Button type="submit" tone="danger" busy={busy}>
        {t('known.confirm')}
      </Button>
    </div>
  );
}
