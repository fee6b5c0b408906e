import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useSession } from '@/api/session';
import { useKeys } from '@/lib/keys';
import { useSettled } from '@/lib/useSettled';
import { Button } from '@/ui/Button';
import { Freshness } from '@/ui/Freshness';
import { DenseGrid, type GridHandle, keepActive } from '@/ui/grid';
import { SearchBox } from '@/ui/SearchBox';
import { Segments } from '@/ui/Segments';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { useWidth } from '@/ui/useWidth';
import { useOrderColumns } from './columns';
import { OrderForm } from './OrderForm';
import { OrderPanel } from './OrderPanel';
import styles from './orders.module.css';
import { type OrderItem, type Shelf, shelves } from './types';
import { Unmatched } from './Unmatched';
import { useOrders } from './useOrders';

type Tab = Shelf | 'unmatched';
const tabs: readonly Tab[] = [...shelves, 'unmatched'];
const isTab = (word: string | null): word is Tab => tabs.some((tab) => tab === word);
const keyOf = (row: OrderItem): string => row.id;

/** What the hospital has ordered: waiting, late, performed; and the studies that came without an order. */
export function OrdersPage() {
  const { t } = useTranslation('orders');
  const [search, setSearch] = useSearchParams();
  const wanted = search.get('tab');
  const chosen = search.get('id');
  const tab: Tab = isTab(wanted) ? wanted : chosen ? 'all' : 'waiting';
  const [text, setText] = useState('');
  const q = useSettled(text);
  const shelf = tab === 'unmatched' ? 'waiting' : tab;
  const { list, rows, line, counts, unmatched } = useOrders(shelf, tab === 'unmatched' ? '' : q);
  const [making, setMaking] = useState(false);
  const mayWrite = useSession(({ me }) =>
    Boolean(me?.roles.some(({ role }) => role === 'county_doctor' || role === 'technologist')),
  );
  const box = useRef<HTMLInputElement>(null);
  const go = useCallback(
    (next: { tab?: Tab; id?: string }) =>
      setSearch({ tab: next.tab ?? tab, ...(next.id ? { id: next.id } : {}) }, { replace: true }),
    [setSearch, tab],
  );
  useKeys('orders', [
    { keys: '/', label: 'orders:keys.search', run: () => box.current?.select() },
    { keys: 'r', label: 'orders:keys.refresh', run: () => void list.refetch() },
    ...(mayWrite ? [{ keys: 'n', label: 'orders:keys.new', run: () => setMaking(true) }] : []),
  ]);
  useTitle(t('title'), counts?.waiting);
  return (
    <div className={styles.page}>
      <div className={styles.tools}>
        <Segments
          label={t('shelves')}
          segments={tabs.map((key) => ({
            key,
            label: t(`shelf.${key}`),
            count: key === 'unmatched' ? unmatched : counts?.[key],
          }))}
          chosen={tab}
          onChoose={(key) => go({ tab: key })}
        />
        <span className={styles.rest}>
          <Freshness at={list.dataUpdatedAt} line={line} />
          <SearchBox box={box} value={text} onValue={setText} placeholder={t('search')} />
          {mayWrite && (
            <Button tone="next" icon="plus" keys="n" onClick={() => setMaking(true)}>
              {t('new')}
            </Button>
          )}
        </span>
      </div>
      {tab === 'unmatched' ? (
        <Unmatched q={q} mayOrder={mayWrite} onOrder={(id) => go({ tab: 'all', id })} />
      ) : (
        <div className={styles.split}>
          <OrderList
            list={list}
            rows={rows}
            chosen={chosen}
            q={q}
            shelf={tab}
            onChoose={(id) => go({ id })}
          />
          {chosen && <OrderPanel key={chosen} id={chosen} onClose={() => go({})} />}
        </div>
      )}
      {making && (
        <OrderForm
          onClose={() => setMaking(false)}
          onDone={(view) => {
            setMaking(false);
            go({ tab: 'waiting', id: view.order.id });
          }}
        />
      )}
    </div>
  );
}

interface ListProps {
  list: ReturnType<typeof useOrders>['list'];
  rows: OrderItem[];
  chosen: string | null;
  q: string;
  shelf: Shelf;
  onChoose: (id: string) => void;
}

function OrderList({ list, rows, chosen, q, shelf, onChoose }: ListProps) {
  const { t } = useTranslation('orders');
  const [frame, width] = useWidth();
  const grid = useRef<GridHandle>(null);
  const columns = useOrderColumns(width);
  const active = keepActive(chosen, [], rows.map(keyOf));
  useKeys('order-list', [
    { keys: 'j', label: 'orders:keys.down', run: () => grid.current?.move(1) },
    { keys: 'k', label: 'orders:keys.up', run: () => grid.current?.move(-1) },
  ]);
  return (
    <div ref={frame} className={styles.frame}>
      {list.isPending ? (
        <SkeletonRows height={36} />
      ) : list.isError && rows.length === 0 ? (
        <Trouble error={list.error} onRetry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <Empty icon={q ? 'search' : 'layers'} title={t(q ? 'empty.search' : `empty.${shelf}`)}>
          {t(q ? (shelf === 'all' ? 'empty.searchAllHint' : 'empty.searchHint') : 'empty.hint')}
        </Empty>
      ) : (
        <DenseGrid
          ref={grid}
          label={t('title')}
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          total={rows.length}
          rowHeight={36}
          active={active}
          onActive={onChoose}
          onOpen={(row) => onChoose(row.id)}
          onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
          toneOf={(row) => (row.state === 'cancelled' ? 'grey' : '')}
        />
      )}
    </div>
  );
}
