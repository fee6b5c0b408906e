import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import type { WorklistRow } from '@/api/types';
import { useKeys } from '@/lib/keys';
import { usePrefs } from '@/lib/prefs';
import { useSettled } from '@/lib/useSettled';
import { pollEvery, useConnection, useLiveList } from '@/live';
import { Freshness } from '@/ui/Freshness';
import { DenseGrid, type GridHandle, keepActive } from '@/ui/grid';
import { SearchBox } from '@/ui/SearchBox';
import { Segments } from '@/ui/Segments';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useWidth } from '@/ui/useWidth';
import styles from './CountyPage.module.css';
import { chosenOf } from './chosen';
import { NARROW, TWO_LINES, useCountyColumns } from './columns';
import { ForMe } from './ForMe';

const shelves = ['all', 'running', 'ready', 'returned'] as const;
type Shelf = (typeof shelves)[number];
const states: Record<Shelf, string | undefined> = {
  all: undefined,
  running: 'queued,claimed,reported',
  ready: 'verified',
  returned: 'returned',
};
const ROW = { dense: 34, roomy: 42 } as const;
const keyOf = (row: WorklistRow): string => row.study_id;
const underWay = (page: { items: WorklistRow[] }) => page.items.some((row) => row.kind === 'receiving');

interface Props {
  /** What waits for this person from other parts of the house. */
  desk?: ReactNode;
  /** What can be begun with the study that somebody chose; null until then: nothing begins for whoever happens to be on top. */
  actions?: (row: WorklistRow | null) => ReactNode;
}

/** The county desk: what waits for us on the left (the application seats the list), all studies of the own hospital beside it. */
export function CountyPage({ desk, actions }: Props) {
  const { t } = useTranslation('county');
  const navigate = useNavigate();
  const [shelf, setShelf] = useState<Shelf>('all');
  const [text, setText] = useState('');
  const q = useSettled(text);
  const line = useConnection((connection) => connection.state);
  const density = usePrefs((prefs) => prefs.density);
  const box = useRef<HTMLInputElement>(null);
  const grid = useRef<GridHandle>(null);
  const [frame, width] = useWidth();
  const [wanted, setActive] = useState<string | null>(null);
  useLiveList(keysOf.countyStudies);
  const list = useInfiniteQuery({
    queryKey: [...keysOf.countyStudies, shelf, q],
    queryFn: ({ pageParam, signal }) =>
      calls.countyStudies(
        { q, state: states[shelf], sort: 'arrived', order: 'desc', limit: 100, cursor: pageParam },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => pollEvery(line, state.data?.pages.some(underWay)),
  });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const active = keepActive(wanted, [], rows.map(keyOf));
  const columns = useCountyColumns(width);
  const open = useCallback((row: WorklistRow) => navigate(`/studies/${row.study_id}`), [navigate]);
  const row = rows.find((one) => keyOf(one) === active);
  useKeys('county', [
    { keys: 'j', label: 'county:keys.down', run: () => grid.current?.move(1) },
    { keys: 'k', label: 'county:keys.up', run: () => grid.current?.move(-1) },
    { keys: 'Enter', label: 'county:keys.open', run: () => row && open(row) },
    { keys: '/', label: 'county:keys.search', run: () => box.current?.select() },
  ]);
  return (
    <div className={styles.page}>
      <ForMe desk={desk} />
      <section className={styles.studies}>
        <div className={styles.tools}>
          <Segments
            label={t('shelves')}
            segments={shelves.map((key) => ({
              key,
              label: t(`shelf.${key}`),
              count: key === shelf ? list.data?.pages[0]?.total : undefined,
            }))}
            chosen={shelf}
            onChoose={setShelf}
          />
          <span className={styles.rest}>
            <Freshness at={list.dataUpdatedAt} line={line} />
            <SearchBox box={box} value={text} onValue={setText} placeholder={t('search')} />
          </span>
        </div>
        <div ref={frame} className={styles.frame}>
          {list.isPending ? (
            <SkeletonRows height={ROW[density]} />
          ) : list.isError && rows.length === 0 ? (
            <Trouble error={list.error} onRetry={() => void list.refetch()} />
          ) : rows.length === 0 ? (
            <Empty icon={q ? 'search' : 'image'} title={t(q ? 'empty.search' : `empty.${shelf}`)}>
              {t(q ? 'empty.searchHint' : 'empty.hint')}
            </Empty>
          ) : (
            <DenseGrid
              ref={grid}
              label={t('title')}
              columns={columns}
              rows={rows}
              keyOf={keyOf}
              total={Math.max(list.data?.pages[0]?.total ?? 0, rows.length)}
              rowHeight={width > 0 && width < NARROW ? TWO_LINES : ROW[density]}
              active={active}
              onActive={setActive}
              onOpen={open}
              onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
              toneOf={(one) => (one.kind === 'receiving' || one.state === 'cancelled' ? 'grey' : '')}
            />
          )}
        </div>
        {/* Below the list: choosing a row must not move the rows under the hand. */}
        <div className={styles.chosen}>
          {!(list.isSuccess && rows.length === 0) && actions?.(chosenOf(rows, keyOf, wanted))}
        </div>
      </section>
    </div>
  );
}
