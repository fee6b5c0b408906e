import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Connection } from '@/live';
import { Freshness } from '@/ui/Freshness';
import { SearchBox } from '@/ui/SearchBox';
import { Segments } from '@/ui/Segments';
import styles from '../list/list.module.css';
import { boxes, type Filter, groups, states } from './filter';

interface Props {
  filter: Filter;
  onFilter: (filter: Filter) => void;
  text: string;
  onText: (text: string) => void;
  box: RefObject<HTMLInputElement | null>;
  freshAt: number;
  line: Connection;
  total: number | undefined;
}

/** To us or from us, how far, up or down; and the search. */
export function ReferralTools({ filter, onFilter, text, onText, box, freshAt, line, total }: Props) {
  const { t } = useTranslation('cases');
  const stateWord = (state: string) =>
    [...states, ...groups].some((one) => one === state)
      ? t(`referral.page.${state || 'both'}`)
      : t(`referral.state.${state}`);
  const offered = states.some((one) => one === filter.state) ? states : [...states, filter.state];
  return (
    <div className={styles.tools}>
      <Segments
        label={t('referral.page.box')}
        segments={boxes.map((key) => ({
          key: key || 'both',
          label: t(`referral.page.${key || 'both'}`),
          count: key === filter.box ? total : undefined,
        }))}
        chosen={filter.box || 'both'}
        onChoose={(key) => onFilter({ ...filter, box: key === 'both' ? '' : key === 'out' ? 'out' : 'in' })}
      />
      <select
        className={styles.filter}
        aria-label={t('referral.page.shelves')}
        value={filter.state}
        onChange={(event) => onFilter({ ...filter, state: event.target.value })}
      >
        {offered.map((state) => (
          <option key={state} value={state}>
            {stateWord(state)}
          </option>
        ))}
      </select>
      <select
        className={styles.filter}
        aria-label={t('referral.column.way')}
        value={filter.direction}
        onChange={(event) => onFilter({ ...filter, direction: event.target.value as Filter['direction'] })}
      >
        <option value="">{t('referral.page.anyDirection')}</option>
        <option value="up">{t('referral.direction.up')}</option>
        <option value="down">{t('referral.direction.down')}</option>
      </select>
      <span className={styles.rest}>
        <Freshness at={freshAt} line={line} />
        <SearchBox box={box} value={text} onValue={onText} placeholder={t('referral.page.search')} />
      </span>
    </div>
  );
}
