import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import styles from './page.module.css';

const FIVE = [1, 2, 3, 4, 5];

/** One to five; without `onRate` only to be read. */
export function Stars({
  label,
  value,
  onRate,
}: {
  label: string;
  value: number | null;
  onRate?: (rating: number) => void;
}) {
  const { t } = useTranslation('consult');
  if (!onRate) {
    return value === null ? (
      <span className={styles.dim}>{t('feedback.unrated')}</span>
    ) : (
      <span role="img" aria-label={`${label} ${value}/5`} className={styles.stars}>
        {'★'.repeat(value)}
        <i>{'★'.repeat(5 - value)}</i>
      </span>
    );
  }
  return (
    <fieldset className={styles.rate} aria-label={label}>
      {FIVE.map((rating) => (
        <button
          key={rating}
          type="button"
          aria-pressed={value === rating}
          aria-label={t('feedback.stars', { count: rating })}
          className={cx(value !== null && rating <= value && styles.lit)}
          onClick={() => onRate(rating)}
        >
          ★
        </button>
      ))}
    </fieldset>
  );
}
