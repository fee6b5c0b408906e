import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { arrivals as fetchArrivals, resolveArrival } from '@/api/calls';
import { keysOf } from '@/api/queries';
import type { Arrival } from '@/api/types';
import { dateOf } from '@/lib/time';
import { pollEvery, useConnection, useLiveList } from '@/live';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { sizeWords } from '@/ui/DropTile';
import { Freshness } from '@/ui/Freshness';
import { sayProblem } from '@/ui/problemText';
import { reasonText } from '@/ui/reasonText';
import { SearchBox } from '@/ui/SearchBox';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import { toast } from '@/ui/toast';
import styles from './arrivals.module.css';
import { ConflictCard } from './ConflictCard';
import * as calls from './calls';
import { Decisions } from './Decisions';
import { isFound, isFoundConflict } from './found';
import { Merge } from './Merge';

type Shelf = 'open' | 'decided' | 'merge' | 'all';

/** What came in and could not simply be stored: conflicts with both sides, unreadable objects, and what was decided about them. */
export function ArrivalsPage() {
  const { t } = useTranslation('arrivals');
  const line = useConnection((connection) => connection.state);
  const [shelf, setShelf] = useState<Shelf>('open');
  const [asked] = useSearchParams();
  const [words, setWords] = useState(asked.get('find') ?? '');
  useLiveList(keysOf.arrivals);
  useLiveList(calls.keys.conflicts);
  const list = useQuery({
    queryKey: keysOf.arrivals,
    queryFn: fetchArrivals,
    refetchInterval: pollEvery(line),
  });
  const found = useQuery({
    queryKey: calls.keys.conflicts,
    queryFn: calls.conflicts,
    refetchInterval: pollEvery(line),
  });
  const items = list.data?.items ?? [];
  const conflicts = found.data?.items ?? [];
  const refused = items.filter((item) => item.state === 'open' && !isConflict(item));
  const open = conflicts.length + refused.length;
  const shown = {
    conflicts: shelf === 'open' ? conflicts.filter((item) => isFoundConflict(item, words)) : [],
    items: (shelf === 'open' ? refused : items).filter((item) => isFound(item, words)),
  };
  const searched = shelf === 'all' ? items.length > 0 : shelf === 'open' && open > 0;
  useTitle(t('title'), open);
  return (
    <Sheet title={t('title')} hint={t('hint')} tools={<Freshness at={list.dataUpdatedAt} line={line} />}>
      <Segments
        label={t('shelves')}
        segments={[
          { key: 'open', label: t('shelf.open'), count: open },
          { key: 'decided', label: t('shelf.decided') },
          { key: 'merge', label: t('shelf.merge') },
          { key: 'all', label: t('shelf.all'), count: items.length },
        ]}
        chosen={shelf}
        onChoose={setShelf}
      />
      {(list.isPending || found.isPending) && <SkeletonRows />}
      {[list, found].map(
        (each, place) =>
          each.isError &&
          !each.data && (
            <Trouble
              key={place === 0 ? 'list' : 'found'}
              error={each.error}
              onRetry={() => void each.refetch()}
            />
          ),
      )}
      {shelf === 'open' && list.isSuccess && found.isSuccess && open === 0 && (
        <Empty icon="check" title={t('empty')}>
          {t('emptyHint')}
        </Empty>
      )}
      {searched && (
        <>
          <div className={styles.search}>
            <SearchBox value={words} onValue={setWords} placeholder={t('search')} />
          </div>
          {shown.conflicts.length + shown.items.length === 0 && <Empty icon="search" title={t('notFound')} />}
          <ul className={styles.list}>
            {shown.conflicts.map((item) => (
              <ConflictCard key={item.key} item={item} />
            ))}
          </ul>
          <ul className={styles.list}>
            {shown.items.map((item) => (
              <ArrivalItem key={item.id} item={item} />
            ))}
          </ul>
        </>
      )}
      {shelf === 'decided' && <Decisions />}
      {shelf === 'merge' && <Merge />}
    </Sheet>
  );
}

/** Conflicts are decided about as a whole, with both sides in view. */
const isConflict = (item: Arrival): boolean => item.reason.code.endsWith('.conflict');

const CUT_OFF = 'object.cut_off';

/** Why a transfer was cut off, and what to do about it, or that nothing is left to do. */
function CutOff({ item }: { item: Arrival }) {
  const { t } = useTranslation('arrivals');
  return (
    <p className={styles.detail}>
      {t(`cutOff.cause.${item.cause}`, { defaultValue: '' })}{' '}
      {item.came_whole ? t('cutOff.whole') : item.state === 'open' && t('cutOff.todo')}
    </p>
  );
}

/** Whose object it is, and whose study it contradicts: without that nobody can act. */
function Whose({ item }: { item: Arrival }) {
  const { t } = useTranslation('arrivals');
  const words = ({ name, patient_id, study_date, modality, description }: Arrival['whose']) =>
    [name, patient_id, modality, description, dateOf(study_date)].filter(Boolean).join(' · ');
  const whose = words(item.whose);
  const unknown = t(item.reason.code === CUT_OFF ? 'cutOff.whoseUnknown' : 'whoseUnknown');
  return (
    <p className={styles.detail}>
      {whose ? t('whose', { whose }) : unknown}
      {item.known && <strong className={styles.known}>{t('known', { whose: words(item.known) })}</strong>}
    </p>
  );
}

function ArrivalItem({ item }: { item: Arrival }) {
  const { t } = useTranslation('arrivals');
  const cache = useQueryClient();
  const isCut = item.reason.code === CUT_OFF;
  const [note, setNote] = useState<string | null>(null);
  const resolve = useMutation({
    mutationFn: (words: string) => resolveArrival(item.id, words),
    onSuccess: () => {
      setNote(null);
      toast(t('resolved'));
    },
    onError: sayProblem,
    onSettled: () => void cache.invalidateQueries({ queryKey: keysOf.arrivals }),
  });
  return (
    <li className={styles.item} data-testid="arrival">
      <div className={styles.head}>
        <Tag band={item.state === 'open' ? 'red' : 'grey'} icon={item.state === 'open' ? 'alarm' : 'check'}>
          {t(`state.${item.state}`)}
        </Tag>
        <strong>{reasonText('arrivals:reason.', item.reason)}</strong>
        <span className={styles.dim}>
          <Time at={item.last_at} />
          {[
            '',
            item.site,
            item.peer || t('unknownPeer'),
            isCut ? t('cutOff.came', { size: sizeWords(item.size) }) : sizeWords(item.size),
            item.times > 1 && t('times', { n: item.times }),
            !isCut && t(item.kept ? 'kept' : 'notKept'),
          ]
            .filter((part) => part !== false)
            .join(' · ')}
        </span>
        {item.study_id && <Link to={`/studies/${item.study_id}`}>{t('study')}</Link>}
        {item.state === 'open' && !isConflict(item) && note === null && (
          <Button className={styles.act} onClick={() => setNote('')}>
            {t('resolve')}
          </Button>
        )}
      </div>
      <Whose item={item} />
      {isCut && <CutOff item={item} />}
      {(item.sop_uid || item.detail) && (
        <p className={styles.uid} title={item.detail}>
          {item.sop_uid ? `SOP ${item.sop_uid}` : item.detail}
        </p>
      )}
      {item.state === 'resolved' && !item.came_whole && (
        <p className={styles.detail}>{t('by', { name: item.resolved_by ?? '', note: item.note ?? '' })}</p>
      )}
      {note !== null && (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            resolve.mutate(note.trim());
          }}
        >
          <input
            aria-label={t('note')}
            placeholder={t('note')}
            value={note}
            ref={(input) => input?.focus()}
            maxLength={500}
            onChange={(event) => setNote(event.target.value)}
          />
          <Button type="submit" tone="next" busy={resolve.isPending} disabled={!note.trim()}>
            {t('done')}
          </Button>
          <Button tone="bare" onClick={() => setNote(null)}>
            {t('ui:cancel')}
          </Button>
        </form>
      )}
    </li>
  );
}
