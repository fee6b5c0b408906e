import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import type { Named, WorklistRow } from '@/api/types';
import { usePrefs } from '@/lib/prefs';
import { warmReading } from '@/lib/warm';
import { Button } from '@/ui/Button';
import { DenseGrid, type GridHandle, keepActive } from '@/ui/grid';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { useWidth } from '@/ui/useWidth';
import { NARROW, TWO_LINES, useWorklistColumns, visible } from './columns';
import { type Filter, filtered, filterOf, searchOf, sortedBy, widened } from './filter';
import { SidePanel } from './SidePanel';
import { Toolbar } from './Toolbar';
import { usePinned } from './usePinned';
import { keyOf, useWorklist } from './useWorklist';
import { useWorklistKeys } from './useWorklistKeys';
import styles from './worklist.module.css';

const ROW = { dense: 30, roomy: 38 } as const;

export function WorklistPage() {
  const { t } = useTranslation('worklist');
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const filter = useMemo(() => filterOf(search), [search]);
  const setFilter = useCallback((next: Filter) => setSearch(searchOf(next), { replace: true }), [setSearch]);
  const { list, rows: fresh, line, total, counts } = useWorklist(filter);
  const { density, hiddenColumns } = usePrefs();
  const [wanted, setActive] = useState<string | null>(null);
  const rows = usePinned(fresh, wanted, list.isPlaceholderData ? null : search.toString());
  const active = useActiveRow(rows, wanted, setActive);
  const [panel, setPanel] = useState(false);
  const [frame, width] = useWidth();
  const searchBox = useRef<HTMLInputElement>(null);
  const grid = useRef<GridHandle>(null);
  const columns = visible(useWorklistColumns(width > 0 && width < NARROW), hiddenColumns, width);
  const row = rows.find((one) => keyOf(one) === active) ?? null;
  const sites = useSites();
  const open = useCallback(
    (one: WorklistRow) => one.kind !== 'receiving' && navigate(`/read/${one.study_id}`),
    [navigate],
  );
  const more = useCallback(() => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  }, [list.hasNextPage, list.isFetchingNextPage, list.fetchNextPage]);
  useTitle(t('title'), counts.queued ?? 0);
  useEffect(warmReading, []);
  useWorklistKeys({
    row,
    grid,
    searchBox,
    panel,
    setPanel,
    open,
    refresh: () => void list.refetch(),
    setView: (view) => setFilter({ ...filter, view }),
  });

  return (
    <div className={styles.page}>
      <Toolbar
        filter={filter}
        counts={counts}
        sites={sites}
        freshAt={list.dataUpdatedAt}
        line={line}
        search={searchBox}
        onFilter={setFilter}
      />
      {list.isError && rows.length > 0 && <p className={styles.stale}>{t('stale')}</p>}
      <div className={styles.desk}>
        <div ref={frame} className={styles.frame}>
          {list.isPending ? (
            <SkeletonRows height={ROW[density]} rows={16} />
          ) : rows.length === 0 && list.isError ? (
            <Trouble error={list.error} onRetry={() => void list.refetch()} />
          ) : (
            <>
              <DenseGrid
                ref={grid}
                label={t('title')}
                columns={columns}
                rows={rows}
                keyOf={keyOf}
                total={total}
                rowHeight={width > 0 && width < NARROW ? TWO_LINES : ROW[density]}
                active={active}
                onActive={setActive}
                onOpen={open}
                sort={{ key: filter.sort, order: filter.order }}
                onSort={(column) => setFilter(sortedBy(filter, column))}
                onEnd={more}
                toneOf={(one) =>
                  one.gone ? 'gone' : one.kind === 'receiving' || one.band === 'grey' ? 'grey' : ''
                }
              />
              {rows.length === 0 && <Nothing filter={filter} onFilter={setFilter} />}
            </>
          )}
        </div>
        {panel && row && <SidePanel row={row} onOpen={() => open(row)} onClose={() => setPanel(false)} />}
      </div>
      <footer className={styles.foot}>
        <span>{list.data && t('shown', { shown: rows.length, total })}</span>
        <span>{t('hint')}</span>
      </footer>
    </div>
  );
}

function Nothing({ filter, onFilter }: { filter: Filter; onFilter: (filter: Filter) => void }) {
  const { t } = useTranslation('worklist');
  const narrow = filtered(filter);
  return (
    <div className={styles.nothing}>
      <Empty icon={narrow ? 'search' : 'check'} title={t(narrow ? 'empty.filtered' : `empty.${filter.view}`)}>
        {narrow ? (
          <Button onClick={() => onFilter(widened(filter))}>{t('empty.widen')}</Button>
        ) : (
          t('empty.hint')
        )}
      </Empty>
    </div>
  );
}

/** The active row follows its study through refetches; when it leaves the list, its place stays. */
function useActiveRow(rows: WorklistRow[], wanted: string | null, setWanted: (key: string | null) => void) {
  const before = useRef<string[]>([]);
  const keys = rows.map(keyOf);
  const active = keepActive(wanted, before.current, keys);
  useEffect(() => {
    before.current = keys;
    if (active !== wanted) setWanted(active);
  });
  return active;
}

/** Hospitals for the filter: every one whose studies may stand here, whether any is loaded or not. */
function useSites(): Named[] {
  const found = useQuery({
    queryKey: keysOf.worklistSites,
    queryFn: ({ signal }) => calls.worklistSites(signal),
    staleTime: 300_000,
  });
  return found.data?.items ?? [];
}
