import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as api from '@/api/calls';
import { keysOf } from '@/api/queries';
import { useKeys } from '@/lib/keys';
import { SearchBox } from '@/ui/SearchBox';
import { Segments } from '@/ui/Segments';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import * as calls from './calls';
import styles from './request.module.css';
import { useSettled } from './useSettled';
import { PatientWords } from './Words';

const shelves = ['studies', 'cases'] as const;
type Shelf = (typeof shelves)[number];
const LIMIT = 40;

/** Whom it is about: a study of the own hospital or an open case, by name, pinyin or number. */
export function Picker({ onPick }: { onPick: (chosen: { study: string } | { case: string }) => void }) {
  const { t } = useTranslation('consult');
  const [shelf, setShelf] = useState<Shelf>('studies');
  const [text, setText] = useState('');
  const q = useSettled(text);
  const box = useRef<HTMLInputElement>(null);
  const rows = useRef<HTMLUListElement>(null);
  useKeys('consult', [{ keys: '/', label: 'consult:keys.search', run: () => box.current?.select() }]);
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0 || event.nativeEvent.isComposing) return;
    event.preventDefault();
    const all = [...(rows.current?.querySelectorAll('button') ?? [])];
    const next = all.indexOf(document.activeElement as HTMLButtonElement) + by;
    if (next < 0) box.current?.focus();
    else all[Math.min(next, all.length - 1)]?.focus();
  };
  return (
    <section className={styles.picker} onKeyDown={walk} aria-label={t('pick.title')}>
      <header className={styles.pickHead}>
        <h1>{t('pick.title')}</h1>
        <p className={styles.dim}>{t('pick.hint')}</p>
        <div className={styles.pickTools}>
          <SearchBox box={box} value={text} onValue={setText} placeholder={t('pick.search')} />
          <Segments
            label={t('pick.what')}
            segments={shelves.map((key) => ({ key, label: t(`pick.${key}`) }))}
            chosen={shelf}
            onChoose={setShelf}
          />
        </div>
      </header>
      {shelf === 'studies' ? (
        <Studies q={q} list={rows} onPick={(study) => onPick({ study })} />
      ) : (
        <Cases q={q} list={rows} onPick={(found) => onPick({ case: found })} />
      )}
    </section>
  );
}

interface ListProps {
  q: string;
  list: React.RefObject<HTMLUListElement | null>;
  onPick: (id: string) => void;
}

function Studies({ q, list, onPick }: ListProps) {
  const { t } = useTranslation('consult');
  const found = useQuery({
    queryKey: [...keysOf.countyStudies, 'pick', q],
    queryFn: ({ signal }) => api.countyStudies({ q, sort: 'arrived', order: 'desc', limit: LIMIT }, signal),
    placeholderData: keepPreviousData,
  });
  if (found.isPending) return <SkeletonRows rows={8} height={44} />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  const rows = found.data.items.filter(({ kind }) => kind !== 'receiving');
  if (rows.length === 0) return <Empty icon="search" title={t(q ? 'pick.none' : 'pick.noStudies')} />;
  return (
    <ul ref={list} className={styles.picks}>
      {rows.map((row) => (
        <li key={row.study_id}>
          <button type="button" className={styles.pick} onClick={() => onPick(row.study_id)}>
            <PatientWords patient={row.patient} />
            <span className={styles.pickWhat}>
              {[row.modalities.join('/'), row.description || row.body_part].filter(Boolean).join(' · ')}
            </span>
            <span className={styles.pickWhen}>
              {row.report_state === 'signed' || row.report_state === 'addended'
                ? `${t('pick.reported')} · `
                : ''}
              <Time at={row.arrived_at} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Cases({ q, list, onPick }: ListProps) {
  const { t } = useTranslation('consult');
  const found = useQuery({
    queryKey: ['cases', 'pick', q],
    queryFn: ({ signal }) => calls.cases({ q, state: 'open', limit: LIMIT }, signal),
    placeholderData: keepPreviousData,
  });
  if (found.isPending) return <SkeletonRows rows={8} height={44} />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data.items.length === 0)
    return <Empty icon="search" title={t(q ? 'pick.none' : 'pick.noCases')} />;
  return (
    <ul ref={list} className={styles.picks}>
      {found.data.items.map((row) => (
        <li key={row.id}>
          <button type="button" className={styles.pick} onClick={() => onPick(row.id)}>
            <PatientWords patient={row.patient} />
            <span className={styles.pickWhat}>{row.title}</span>
            <span className={styles.pickWhen}>
              {row.number} · <Time at={row.opened_at} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
