import { cx } from '@/lib/cx';
import styles from './Segments.module.css';

export interface Segment<K extends string> {
  key: K;
  label: string;
  count?: number;
}

interface Props<K extends string> {
  label: string;
  segments: Segment<K>[];
  /** Null: nobody has chosen yet. */
  chosen: K | null;
  onChoose: (key: K) => void;
  /** An answer in a form: each one is seen to be a button, and the chosen one from afar. */
  answer?: boolean;
}

/** Tabs with counts, or a choice that somebody has to make. */
export function Segments<K extends string>({ label, segments, chosen, onChoose, answer = false }: Props<K>) {
  return (
    <fieldset className={cx(styles.segments, answer && styles.answer)} aria-label={label}>
      {segments.map(({ key, label: word, count }) => (
        <button
          key={key}
          type="button"
          aria-pressed={key === chosen}
          className={cx(styles.segment, key === chosen && styles.chosen)}
          onClick={() => onChoose(key)}
        >
          {word}
          {count !== undefined && <span className={styles.count}>{count}</span>}
        </button>
      ))}
    </fieldset>
  );
}
