import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { usePrefs } from '@/lib/prefs';
import { useSettled } from '@/lib/useSettled';
import { Freshness } from '@/ui/Freshness';
import { DenseGrid, keepActive } from '@/ui/grid';
import { SearchBox } from '@/ui/SearchBox';
import { Segments } from '@/ui/Segments';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { useWidth } from '@/ui/useWidth';
import type { CaseLine } from '../types';
import { useCaseColumns } from './columns';
import styles from './list.module.css';
import { isShelf, shelves, useCases } from './useCases';
import { useListKeys } from './useListKeys';

const ROW = { dense: 34, roomy: 42 } as const;
const NARROW = 720;
const NARROW_ROW = 52;
const keyOf = (row: CaseLine): string => row.id;

/** All cases one may see; found by name, pinyin, patient number or case number. */
export function CasesPage() {
  const { t } = useTranslation('cases');
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useState(search.get('q') ?? '');
  const q = useSettled(text);
  const wantedShelf = search.get('shelf');
  const shelf = isShelf(wantedShelf) ? wantedShelf : 'open';
  const { list, rows, line, counts, total } = useCases(shelf, q);
  const density = usePrefs((prefs) => prefs.density);
  const [frame, width] = useWidth();
  const [wanted, setActive] = useState<string | null>(null);
  const active = keepActive(wanted, [], rows.map(keyOf));
  const columns = useCaseColumns(width);
  const box = useRef<HTMLInputElement>(null);
  const open = useCallback((row: CaseLine) => navigate(`/cases/${row.id}`), [navigate]);
  const grid = useListKeys({
    name: 'cases',
    box,
    open: () => {
      const row = rows.find((one) => one.id === active);
      if (row) open(row);
    },
    refresh: () => void list.refetch(),
  });
  useTitle(t('title'), counts.open);
  return (
    <div className={styles.page}>
      <div className={styles.tools}>
        <Segments
          label={t('shelves')}
          segments={shelves.map((key) => ({ key, label: t(`shelf.${key}`), count: counts[key] }))}
          chosen={shelf}
          onChoose={(key) => setSearch(key === 'open' ? {} : { shelf: key }, { replace: true })}
        />
        <span className={styles.rest}>
          <Freshness at={list.dataUpdatedAt} line={line} />
          <SearchBox box={box} value={text} onValue={setText} placeholder={t('search')} />
        </span>
      </div>
      {list.isError && rows.length > 0 && <p className={styles.stale}>{t('stale')}</p>}
      <div ref={frame} className={styles.frame}>
        {list.isPending ? (
          <SkeletonRows height={ROW[density]} />
        ) : list.isError && rows.length === 0 ? (
          <Trouble error={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <Empty icon={q ? 'search' : 'layers'} title={t(q ? 'empty.search' : `empty.${shelf}`)}>
            {t(q ? 'empty.searchHint' : 'empty.hint')}
          </Empty>
        ) : (
          <DenseGrid
            ref={grid}
            label={t('title')}
            columns={columns}
            rows={rows}
            keyOf={keyOf}
            total={total}
            rowHeight={width < NARROW ? NARROW_ROW : ROW[density]}
            active={active}
            onActive={setActive}
            onOpen={open}
            onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
            toneOf={(row) => (row.state === 'closed' ? 'grey' : '')}
          />
        )}
      </div>
      <footer className={styles.foot}>
        <span>{list.data && t('shown', { shown: rows.length, total })}</span>
        <span>{t('keys.hint')}</span>
      </footer>
    </div>
  );
}
