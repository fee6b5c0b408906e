import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import type { Arrival } from '@/api/types';
import { dateOf } from '@/lib/time';
import { pollEvery, useConnection, useLiveList } from '@/live';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { Freshness } from '@/ui/Freshness';
import { sayProblem } from '@/ui/problemText';
import { reasonText } from '@/ui/reasonText';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import { toast } from '@/ui/toast';
import styles from './arrivals.module.css';

type Shelf = 'open' | 'all';

/** What came in and could not simply be stored: why in words, what is safe, and a note of what was done about it. */
export function ArrivalsPage() {
  const { t } = useTranslation('arrivals');
  const line = useConnection((connection) => connection.state);
  const [shelf, setShelf] = useState<Shelf>('open');
  useLiveList(keysOf.arrivals);
  const list = useQuery({
    queryKey: keysOf.arrivals,
    queryFn: calls.arrivals,
    refetchInterval: pollEvery(line),
  });
  const items = list.data?.items ?? [];
  const open = items.filter((item) => item.state === 'open');
  const shown = shelf === 'open' ? open : items;
  useTitle(t('title'), open.length);
  return (
    <Sheet title={t('title')} hint={t('hint')} tools={<Freshness at={list.dataUpdatedAt} line={line} />}>
      <Segments
        label={t('shelves')}
        segments={[
          { key: 'open', label: t('shelf.open'), count: open.length },
          { key: 'all', label: t('shelf.all'), count: items.length },
        ]}
        chosen={shelf}
        onChoose={setShelf}
      />
      {list.isPending && <SkeletonRows />}
      {list.isError && items.length === 0 && (
        <Trouble error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.isSuccess && shown.length === 0 && (
        <Empty icon="check" title={t('empty')}>
          {t('emptyHint')}
        </Empty>
      )}
      <ul className={styles.list}>
        {shown.map((item) => (
          <ArrivalItem key={item.id} item={item} />
        ))}
      </ul>
    </Sheet>
  );
}

/** Whose object it is, and whose study it contradicts: without that nobody can act. */
function Whose({ item }: { item: Arrival }) {
  const { t } = useTranslation('arrivals');
  const words = ({ name, patient_id, study_date, modality }: Arrival['whose']) =>
    [name, patient_id, modality, dateOf(study_date)].filter(Boolean).join(' · ');
  const whose = words(item.whose);
  return (
    <p className={styles.detail}>
      {whose ? t('whose', { whose }) : t('whoseUnknown')}
      {item.known && <strong> {t('known', { whose: words(item.known) })}</strong>}
    </p>
  );
}

function ArrivalItem({ item }: { item: Arrival }) {
  const { t } = useTranslation('arrivals');
  const cache = useQueryClient();
  const [note, setNote] = useState<string | null>(null);
  const resolve = useMutation({
    mutationFn: (words: string) => calls.resolveArrival(item.id, words),
    onSuccess: () => {
      setNote(null);
      toast(t('resolved'));
    },
    onError: sayProblem,
    onSettled: () => void cache.invalidateQueries({ queryKey: keysOf.arrivals }),
  });
  return (
    <li className={styles.item}>
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
            t('size', { kb: Math.ceil(item.size / 1024) }),
            item.times > 1 && t('times', { n: item.times }),
            t(item.kept ? 'kept' : 'notKept'),
          ]
            .filter((part) => part !== false)
            .join(' · ')}
        </span>
        {item.study_id && <Link to={`/studies/${item.study_id}`}>{t('study')}</Link>}
        {item.state === 'open' && note === null && (
          <Button className={styles.act} onClick={() => setNote('')}>
            {t('resolve')}
          </Button>
        )}
      </div>
      <Whose item={item} />
      {(item.sop_uid || item.detail) && (
        <p className={styles.uid} title={item.detail}>
          {item.sop_uid ? `SOP ${item.sop_uid}` : item.detail}
        </p>
      )}
      {item.state === 'resolved' && (
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
