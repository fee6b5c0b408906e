import { type RefObject, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Counts, Named } from '@/api/types';
import type { Connection } from '@/live';
import { Freshness } from '@/ui/Freshness';
import { SearchBox } from '@/ui/SearchBox';
import { Segments } from '@/ui/Segments';
import { type Filter, views } from './filter';
import { ViewMenu } from './ViewMenu';
import styles from './worklist.module.css';

interface Props {
  filter: Filter;
  counts: Counts;
  sites: Named[];
  freshAt: number;
  line: Connection;
  search: RefObject<HTMLInputElement | null>;
  onFilter: (filter: Filter) => void;
}

const modalities = ['', 'CT', 'MR', 'DX', 'CR', 'MG', 'US', 'ECG', 'XA', 'NM', 'PT'] as const;
const priorities = ['STAT', 'URGENT', 'ROUTINE'] as const;
const TYPING_MS = 250;

/** Two lines: what to look at with counts and search, then the filters and how fresh the list is. */
export function Toolbar({ filter, counts, sites, freshAt, line, search, onFilter }: Props) {
  const { t } = useTranslation('worklist');
  const [text, setText] = useState(filter.q);
  useEffect(() => setText(filter.q), [filter.q]);
  useEffect(() => {
    if (text === filter.q) return;
    const timer = setTimeout(() => onFilter({ ...filter, q: text }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, filter, onFilter]);
  return (
    <div className={styles.toolbar}>
      <div className={styles.tools}>
        <Segments
          label={t('views')}
          segments={views.map((key) => ({ key, label: t(`view.${key}`), count: counts[key] }))}
          chosen={filter.view}
          onChoose={(view) => onFilter({ ...filter, view })}
        />
        <SearchBox box={search} value={text} onValue={setText} placeholder={t('search')} />
      </div>
      <div className={styles.tools}>
        <Segments
          label={t('column.modality')}
          segments={modalities.map((key) => ({ key: key as string, label: key || t('anyModality') }))}
          chosen={filter.modality}
          onChoose={(modality) => onFilter({ ...filter, modality })}
        />
        <select
          aria-label={t('column.site')}
          className={styles.select}
          value={filter.site}
          onChange={(event) => onFilter({ ...filter, site: event.target.value })}
        >
          <option value="">{t('anySite')}</option>
          {sites.map((site) => (
            <option key={site.id} value={site.id}>
              {site.name}
            </option>
          ))}
        </select>
        <select
          aria-label={t('column.priority')}
          className={styles.select}
          value={filter.priority}
          onChange={(event) => onFilter({ ...filter, priority: event.target.value })}
        >
          <option value="">{t('anyPriority')}</option>
          {priorities.map((priority) => (
            <option key={priority} value={priority}>
              {t(`ui:priority.${priority}`)}
            </option>
          ))}
        </select>
        <span className={styles.rest}>
          <Freshness at={freshAt} line={line} />
          <ViewMenu />
        </span>
      </div>
    </div>
  );
}
