import { useCallback, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useSession } from '@/api/session';
import type { Role } from '@/api/types';
import { useKeys } from '@/lib/keys';
import { usePrefs } from '@/lib/prefs';
import { DenseGrid, type GridHandle, keepActive } from '@/ui/grid';
import { SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { useWidth } from '@/ui/useWidth';
import { useColumns } from './columns';
import { Nothing, Toolbar } from './ListTools';
import styles from './list.module.css';
import { hatsOf, type Shelf, shelves } from './shelves';
import type { Line } from './types';
import { useConsultations } from './useConsultations';
import { useSettled } from './useSettled';
import { useVerb } from './useVerb';

const ROW = { dense: 32, roomy: 40 } as const;
const keyOf = (one: Line): string => one.id;

/** All consultations of one side, shelf by shelf; what is due first stands on top. */
export function ConsultationsPage() {
  const { t } = useTranslation('consult');
  const navigate = useNavigate();
  const me = useSession((session) => session.me);
  const mine = useMemo(() => hatsOf(new Set<Role>(me?.roles.map(({ role }) => role))), [me]);
  const [search, setSearch] = useSearchParams();
  const hat = mine.find((one) => one === search.get('as')) ?? mine[0] ?? 'look';
  const shelf = (shelves[hat].find(({ key }) => key === search.get('shelf')) ?? shelves[hat][0]) as Shelf;
  const urgency = search.get('urgency') ?? '';
  const [text, setText] = useState(search.get('q') ?? '');
  const q = useSettled(text);
  const { list, rows, line, counts, total } = useConsultations(hat, shelf, q, urgency);
  const more = useCallback(() => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  }, [list.hasNextPage, list.isFetchingNextPage, list.fetchNextPage]);
  const density = usePrefs((prefs) => prefs.density);
  const [wanted, setActive] = useState<string | null>(null);
  const active = keepActive(wanted, [], rows.map(keyOf));
  const [frame, width] = useWidth();
  const box = useRef<HTMLInputElement>(null);
  const grid = useRef<GridHandle>(null);
  const columns = useColumns(hat, width);
  const row = rows.find((one) => one.id === active);
  const verb = useVerb(row?.id ?? '');
  const open = useCallback((one: Line) => navigate(`/consultations/${one.id}`), [navigate]);
  const show = (change: Record<string, string>) => {
    const next = new URLSearchParams(search);
    for (const [key, value] of Object.entries(change)) {
      if (value) next.set(key, value);
      else next.delete(key);
    }
    setSearch(next, { replace: true });
  };
  const asks = hat === 'ask';
  useTitle(t('title'), rows.length);
  useKeys('consult', [
    { keys: 'j', label: 'consult:keys.down', run: () => grid.current?.move(1) },
    { keys: 'k', label: 'consult:keys.up', run: () => grid.current?.move(-1) },
    { keys: 'Enter', label: 'consult:keys.open', run: () => row && open(row) },
    { keys: '/', label: 'consult:keys.search', run: () => box.current?.select() },
    { keys: 'r', label: 'consult:keys.refresh', run: () => void list.refetch() },
    ...(asks ? [{ keys: 'n', label: 'consult:new', run: () => void navigate('/consultations/new') }] : []),
    ...(hat === 'triage'
      ? [
          {
            keys: 'a',
            label: 'consult:keys.accept',
            run: () => {
              if (row?.verbs.includes('accept') && !verb.isPending)
                verb.mutate({ verb: 'accept', words: { version: row.version } });
            },
          },
        ]
      : []),
    ...shelves[hat].map(({ key }, index) => ({
      keys: String(index + 1),
      label: `consult:shelf.${key}`,
      run: () => show({ shelf: key }),
    })),
  ]);
  return (
    <div className={styles.page}>
      <Toolbar
        hats={mine}
        hat={hat}
        shelf={shelf}
        counts={list.data ? counts : null}
        shown={rows.length}
        urgency={urgency}
        freshAt={list.dataUpdatedAt}
        line={line}
        box={box}
        text={text}
        onText={setText}
        onShow={show}
      />
      {list.isError && rows.length > 0 && <p className={styles.stale}>{t('stale')}</p>}
      <div ref={frame} className={styles.frame}>
        {list.isPending ? (
          <SkeletonRows height={ROW[density]} />
        ) : list.isError && rows.length === 0 ? (
          <Trouble error={list.error} onRetry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <Nothing
            hat={hat}
            shelf={shelf}
            narrowed={Boolean(q || urgency)}
            onWiden={() => {
              setText('');
              show({ urgency: '', q: '' });
            }}
          />
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
            toneOf={(one) => (one.band === 'grey' ? 'grey' : '')}
          />
        )}
      </div>
      <footer className={styles.foot}>
        <span>{list.data && t('shown', { shown: rows.length, total })}</span>
        <span className={styles.hint}>{t(`hint.${hat}`)}</span>
      </footer>
    </div>
  );
}
