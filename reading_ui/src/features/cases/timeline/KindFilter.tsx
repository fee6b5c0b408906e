import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { type Kind, kinds } from './kinds';
import styles from './timeline.module.css';

interface Props {
  counts: Partial<Record<Kind, number>>;
  hidden: ReadonlySet<Kind>;
  onToggle: (kind: Kind) => void;
}

/** One button for each kind of step that there is; pressed means shown. */
export function KindFilter({ counts, hidden, onToggle }: Props) {
  const { t } = useTranslation('cases');
  return (
    <fieldset className={styles.kinds} aria-label={t('timeline.kinds')}>
      {kinds
        .filter((kind) => counts[kind])
        .map((kind) => (
          <button
            key={kind}
            type="button"
            aria-pressed={!hidden.has(kind)}
            className={cx(styles.kind, !hidden.has(kind) && styles.shown)}
            onClick={() => onToggle(kind)}
          >
            {t(`timeline.kind.${kind}`)} <span className={styles.count}>{counts[kind]}</span>
          </button>
        ))}
    </fieldset>
  );
}
