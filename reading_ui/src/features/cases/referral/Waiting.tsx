import { useTranslation } from 'react-i18next';
import type { Filter } from './filter';
import styles from './referral.module.css';

const figures: ReadonlyArray<{ key: string; filter: Filter }> = [
  { key: 'no_show', filter: { box: '', state: 'no_show', direction: '' } },
  { key: 'to_answer', filter: { box: 'in', state: 'submitted', direction: '' } },
  { key: 'to_expect', filter: { box: 'in', state: 'expected', direction: '' } },
  { key: 'to_complete', filter: { box: 'in', state: 'arrived', direction: '' } },
  { key: 'asked', filter: { box: 'out', state: 'asked', direction: '' } },
  { key: 'to_close', filter: { box: 'out', state: 'completed', direction: '' } },
];

interface Props {
  counts: Partial<Record<string, number>>;
  onFilter: (filter: Filter) => void;
}

/** What waits for this office, as far as there is any; each leads to its list. */
export function Waiting({ counts, onFilter }: Props) {
  const { t } = useTranslation('cases');
  const shown = figures.filter(({ key }) => counts[key]);
  if (shown.length === 0) return null;
  return (
    <p className={styles.waiting}>
      {shown.map(({ key, filter }) => (
        <button
          key={key}
          type="button"
          data-red={key === 'no_show' || undefined}
          onClick={() => onFilter(filter)}
        >
          {t(`referral.page.waiting.${key}`)} <b>{counts[key]}</b>
        </button>
      ))}
    </p>
  );
}
