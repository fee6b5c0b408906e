import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useSession } from '@/api/session';
import { useKeys } from '@/lib/keys';
import { usePrefs } from '@/lib/prefs';
import { pollEvery, useConnection, useLiveList } from '@/live';
import { Button } from '@/ui/Button';
import { Freshness } from '@/ui/Freshness';
import { type Column, DenseGrid, type GridHandle, keepActive } from '@/ui/grid';
import { Segments } from '@/ui/Segments';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import { useWidth } from '@/ui/useWidth';
import * as calls from '../calls';
import { keys } from '../calls';
import styles from '../meeting.module.css';
import type { Line } from '../types';
import { MeetingTag, useQuorumRule } from '../Words';
import { AdHocForm } from './AdHocForm';
import { isShelf, type Shelf, shelfOf, shelves } from './shelves';

const ROW = { dense: 32, roomy: 40 } as const;
const keyOf = (line: Line): string => line.id;
const isOver = ({ state }: Line): boolean => state === 'closed' || state === 'cancelled';

/** All meetings in which one has a part: what comes, what runs, what waits for signatures, what is over. */
export function MeetingsPage() {
  const { t } = useTranslation('meeting');
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const wantedShelf = search.get('shelf');
  const shelf: Shelf = isShelf(wantedShelf) ? wantedShelf : 'now';
  const line = useConnection((connection) => connection.state);
  useLiveList(keys.meetings);
  const over = shelf === 'over';
  const list = useInfiniteQuery({
    queryKey: [...keys.meetings, over],
    queryFn: ({ pageParam, signal }) =>
      calls.list({ state: over ? 'closed,cancelled' : '', limit: 200, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(line),
  });
  const all = useMemo(() => distinct(list.data?.pages.flatMap(({ items }) => items) ?? []), [list.data]);
  const more = useCallback(() => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  }, [list.hasNextPage, list.isFetchingNextPage, list.fetchNextPage]);
  const me = useSession((session) => session.me);
  const home = me?.roles.find(({ role, site_id: id }) => role === 'coordinator' && id)?.site_id ?? null;
  const [planning, setPlanning] = useState(false);
  const rows = all.filter((one) => shelfOf(shelf).includes(one.state));
  const density = usePrefs((prefs) => prefs.density);
  const [wanted, setActive] = useState<string | null>(null);
  const active = keepActive(wanted, [], rows.map(keyOf));
  const [frame, width] = useWidth();
  const grid = useRef<GridHandle>(null);
  const columns = useColumns(width);
  const open = useCallback((one: Line) => navigate(`/meetings/${one.id}`), [navigate]);
  useTitle(t('title'), rows.length);
  useKeys('meeting', [
    { keys: 'j', label: 'meeting:keys.down', run: () => grid.current?.move(1) },
    { keys: 'k', label: 'meeting:keys.up', run: () => grid.current?.move(-1) },
    {
      keys: 'Enter',
      label: 'meeting:keys.open',
      run: () => {
        const row = rows.find(({ id }) => id === active);
        if (row) open(row);
      },
    },
    { keys: 'r', label: 'meeting:keys.refresh', run: () => void list.refetch() },
  ]);
  return (
    <div className={styles.listPage}>
      <header className={styles.tools}>
        <Segments
          label={t('shelves')}
          segments={shelves.map((key) => ({
            key,
            label: t(`shelf.${key}`),
            count:
              (key === 'over') === over && list.data
                ? all.filter((one) => shelfOf(key).includes(one.state)).length
                : undefined,
          }))}
          chosen={shelf}
          onChoose={(key) => setSearch(key === 'now' ? {} : { shelf: key }, { replace: true })}
        />
        <span className={styles.rest}>
          <Freshness at={list.dataUpdatedAt} line={line} />
          <Link to="/boards">{t('boards.title')}</Link>
          {home && (
            <Button icon="plus" onClick={() => setPlanning(true)}>
              {t('adHoc.open')}
            </Button>
          )}
        </span>
      </header>
      {planning && home && <AdHocForm siteId={home} onClose={() => setPlanning(false)} />}
      {list.isError && all.length > 0 && <p className={styles.stale}>{t('stale')}</p>}
      <div ref={frame} className={styles.frame}>
        {list.isPending ? (
          <SkeletonRows height={ROW[density]} />
        ) : list.isError && all.length === 0 ? (
          <Trouble error={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <Empty icon="person" title={t(`empty.${shelf}`)}>
            {t('empty.hint')}
          </Empty>
        ) : (
          <DenseGrid
            ref={grid}
            label={t('title')}
            columns={columns}
            rows={rows}
            keyOf={keyOf}
            total={rows.length}
            rowHeight={ROW[density]}
            active={active}
            onActive={setActive}
            onOpen={open}
            onEnd={more}
            toneOf={(one) => (over || one.state === 'cancelled' ? 'grey' : '')}
          />
        )}
      </div>
      <footer className={styles.foot}>
        <span>{list.data && t('shown', { shown: rows.length })}</span>
        <span>{t('hint')}</span>
      </footer>
    </div>
  );
}

/** Pages move while one scrolls: a meeting on two of them is shown once. */
const distinct = (rows: Line[]): Line[] => [...new Map(rows.map((row) => [row.id, row])).values()];

function useColumns(width: number): Column<Line>[] {
  const { t } = useTranslation('meeting');
  const rule = useQuorumRule();
  return useMemo(() => {
    const columns: (Column<Line> & { from?: number })[] = [
      {
        key: 'state',
        title: t('column.state'),
        width: '124px',
        cell: (one) => <MeetingTag state={one.state} />,
      },
      { key: 'at', title: t('column.at'), width: '128px', cell: (one) => <Time at={one.starts_at} /> },
      {
        key: 'title',
        title: t('column.title'),
        width: 'minmax(160px, 1.4fr)',
        cell: (one) => <b title={one.title}>{one.title}</b>,
      },
      {
        key: 'site',
        title: t('column.site'),
        width: 'minmax(110px, 0.8fr)',
        from: 720,
        cell: (one) => one.site.name,
      },
      { key: 'chair', title: t('chair'), width: '120px', from: 860, cell: (one) => one.chair.name },
      {
        key: 'items',
        title: t('column.items'),
        width: '76px',
        align: 'right',
        cell: (one) => <span className={styles.number}>{one.items}</span>,
      },
      {
        key: 'proposed',
        title: t('column.proposed'),
        width: '84px',
        align: 'right',
        from: 640,
        cell: (one) => <span className={styles.number}>{one.proposed || '—'}</span>,
      },
      {
        key: 'freeze',
        title: t('column.freeze'),
        width: '128px',
        from: 960,
        cell: (one) => (
          <span className={styles.dim}>{one.state === 'open' ? <Time at={one.freeze_at} /> : '—'}</span>
        ),
      },
      {
        key: 'ready',
        title: t('column.ready'),
        width: '84px',
        from: 780,
        cell: (one) =>
          one.items === 0 ? (
            <span className={styles.dim}>—</span>
          ) : (
            <span className={one.ready < one.items && !isOver(one) ? styles.warn : styles.dim}>
              {`${one.ready}/${one.items}`}
            </span>
          ),
      },
      {
        key: 'quorum',
        title: t('column.quorum'),
        width: '108px',
        from: 1080,
        cell: (one) => (
          <span className={styles.dim} title={rule(one)}>
            {t('quorum.short', { least: one.quorum_rule.least, all: one.specialties.length })}
          </span>
        ),
      },
      {
        key: 'part',
        title: t('column.part'),
        width: '92px',
        from: 1080,
        cell: (one) => <span className={styles.dim}>{one.member ? t('member') : '—'}</span>,
      },
      {
        key: 'number',
        title: t('column.number'),
        width: '112px',
        from: 860,
        cell: (one) => <span className={styles.dim}>{one.number}</span>,
      },
    ];
    return columns.filter(({ from = 0 }) => width >= from);
  }, [t, width, rule]);
}
