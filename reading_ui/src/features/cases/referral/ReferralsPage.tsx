import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { usePrefs } from '@/lib/prefs';
import { useSettled } from '@/lib/useSettled';
import { DenseGrid, keepActive } from '@/ui/grid';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { useWidth } from '@/ui/useWidth';
import styles from '../list/list.module.css';
import { useListKeys } from '../list/useListKeys';
import type { Referral } from '../types';
import { useReferralColumns } from './columns';
import { filterOf, searchOf } from './filter';
import { isEnded } from './order';
import { ReferralTools } from './ReferralTools';
import { useReferrals } from './useReferrals';
import { Waiting } from './Waiting';

const ROW = { dense: 34, roomy: 42 } as const;
const NARROW = 720;
const NARROW_ROW = 52;
const keyOf = (row: Referral): string => row.id;

/** Patients on their way from one hospital to another: what must be answered first stands first. */
export function ReferralsPage() {
  const { t } = useTranslation('cases');
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useState('');
  const q = useSettled(text);
  const filter = filterOf(search);
  const { list, rows, line, counts, total } = useReferrals(filter, q);
  const density = usePrefs((prefs) => prefs.density);
  const [frame, width] = useWidth();
  const [wanted, setActive] = useState<string | null>(null);
  const active = keepActive(wanted, [], rows.map(keyOf));
  const columns = useReferralColumns(width, filter.box);
  const box = useRef<HTMLInputElement>(null);
  const open = useCallback((row: Referral) => navigate(`/referrals/${row.id}`), [navigate]);
  const grid = useListKeys({
    name: 'cases',
    box,
    open: () => {
      const row = rows.find((one) => one.id === active);
      if (row) open(row);
    },
    refresh: () => void list.refetch(),
  });
  useTitle(t('referral.page.title'), counts.to_answer ?? 0);
  return (
    <div className={styles.page}>
      <ReferralTools
        filter={filter}
        onFilter={(next) => setSearch(searchOf(next), { replace: true })}
        text={text}
        onText={setText}
        box={box}
        freshAt={list.dataUpdatedAt}
        line={line}
        total={list.data ? total : undefined}
      />
      <Waiting counts={counts} onFilter={(next) => setSearch(searchOf(next), { replace: true })} />
      {list.isError && rows.length > 0 && <p className={styles.stale}>{t('stale')}</p>}
      <div ref={frame} className={styles.frame}>
        {list.isPending ? (
          <SkeletonRows height={ROW[density]} />
        ) : list.isError && rows.length === 0 ? (
          <Trouble error={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <Empty
            icon={q ? 'search' : 'route'}
            title={t(q ? 'referral.page.empty.search' : `referral.page.empty.${filter.box || 'both'}`)}
          >
            {t(q ? 'empty.searchHint' : 'referral.page.empty.hint')}
          </Empty>
        ) : (
          <DenseGrid
            ref={grid}
            label={t('referral.page.title')}
            columns={columns}
            rows={rows}
            keyOf={keyOf}
            total={total}
            rowHeight={width < NARROW ? NARROW_ROW : ROW[density]}
            active={active}
            onActive={setActive}
            onOpen={open}
            onEnd={() => list.hasNextPage && !list.isFetchingNextPage && void list.fetchNextPage()}
            toneOf={(row) => (isEnded(row) ? 'grey' : '')}
          />
        )}
      </div>
      <footer className={styles.foot}>
        <span>{t('referral.page.hint')}</span>
        <span>{t('keys.hint')}</span>
      </footer>
    </div>
  );
}
