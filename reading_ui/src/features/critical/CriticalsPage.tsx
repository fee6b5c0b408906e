import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { Critical } from '@/api/types';
import { useSettled } from '@/lib/useSettled';
import { Tag } from '@/ui/Band';
import { Freshness } from '@/ui/Freshness';
import { More } from '@/ui/More';
import { SearchBox } from '@/ui/SearchBox';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { CriticalDialog } from './CriticalDialog';
import styles from './critical.module.css';
import { Figures } from './Figures';
import { Person } from './Person';
import { Since } from './Since';
import { bandOf } from './states';
import { useCriticalList } from './useCriticals';

const shelves = ['open', 'all'] as const;
type Shelf = (typeof shelves)[number];
const columns = ['level', 'since', 'patient', 'item', 'site', 'state', 'raised', 'answered'] as const;

/** Every critical finding that one may see, with the seconds since it was raised, and how quickly they are answered. */
export function CriticalsPage() {
  const { t } = useTranslation('critical');
  const [shelf, setShelf] = useState<Shelf>('open');
  const [search, setSearch] = useSearchParams();
  const [text, setText] = useState('');
  const q = useSettled(text.trim());
  const { list, rows, line, counts } = useCriticalList(shelf === 'open', q);
  useTitle(t('title'), counts?.open ?? 0);
  const open = (id: string | null) => setSearch(id ? { id } : {}, { replace: true });
  const id = search.get('id');
  return (
    <Sheet title={t('title')} hint={t('page.hint')} tools={<Freshness at={list.dataUpdatedAt} line={line} />}>
      <Figures />
      <div className={styles.shelves}>
        <Segments
          label={t('page.shelves')}
          segments={shelves.map((key) => ({
            key,
            label: t(`page.${key}`),
            count: counts?.[key],
          }))}
          chosen={shelf}
          onChoose={setShelf}
        />
        <SearchBox value={text} onValue={setText} placeholder={t('page.search')} />
      </div>
      {list.isPending && <SkeletonRows />}
      {list.isError && !list.data && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 && (
        <Empty icon={q ? 'search' : 'check'} title={t(`page.empty.${q ? 'search' : shelf}`)} />
      )}
      {rows.length > 0 && <Rows rows={rows} onOpen={open} />}
      <More {...list} />
      {id && <CriticalDialog id={id} onClose={() => open(null)} />}
    </Sheet>
  );
}

function Rows({ rows, onOpen }: { rows: Critical[]; onOpen: (id: string) => void }) {
  const { t } = useTranslation('critical');
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <Row key={one.id} one={one} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ one, onOpen }: { one: Critical; onOpen: (id: string) => void }) {
  const { t } = useTranslation('critical');
  const answered = one.acknowledged_by
    ? `${one.acknowledged_by.name}${one.action ? ` · ${t(`action.${one.action}`)}` : ''}`
    : one.escalated > 0
      ? t(`escalated.${one.escalated}`)
      : '—';
  return (
    <tr onClick={() => onOpen(one.id)} data-state={one.state}>
      <td>{t(`levelShort.${one.level}`)}</td>
      <td className={styles.num}>
        <Since at={one.raised_at} />
      </td>
      <td>
        <Person one={one} />
      </td>
      <td>
        <button type="button" className={styles.opener} onClick={() => onOpen(one.id)}>
          {t(`item.${one.item}`)}
        </button>
      </td>
      <td>{[one.modality, one.description].filter(Boolean).join(' · ')}</td>
      <td>
        <Tag band={bandOf(one)}>{t(`state.${one.state}`)}</Tag>
      </td>
      <td>{one.raised_by.name}</td>
      <td>{answered}</td>
    </tr>
  );
}
