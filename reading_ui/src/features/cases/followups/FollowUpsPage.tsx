import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '@/lib/now';
import { pollEvery, useConnection, useLiveList } from '@/live';
import { Freshness } from '@/ui/Freshness';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { caseKeys } from '../keys';
import * as calls from '../referralCalls';
import { FollowUpRows } from './FollowUpRows';
import styles from './followups.module.css';
import { isLate, queryOf, type Shelf, shelves, shownOn } from './shelves';

/** What is to be done for patients: what is late first. */
export function FollowUpsPage() {
  const { t } = useTranslation('cases');
  const [shelf, setShelf] = useState<Shelf>('overdue');
  const line = useConnection((connection) => connection.state);
  const now = useNow();
  useLiveList(caseKeys.followUps);
  const list = useQuery({
    queryKey: [...caseKeys.followUps, 'list', queryOf(shelf)],
    queryFn: ({ signal }) => calls.followUps({ ...queryOf(shelf), limit: 500 }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(line),
  });
  const rows = (list.data?.items ?? []).filter((one) => shownOn(shelf, one, now));
  useTitle(t('followUp.page.title'), rows.filter((one) => isLate(one, now)).length);
  return (
    <Sheet
      title={t('followUp.page.title')}
      hint={t('followUp.page.hint')}
      tools={<Freshness at={list.dataUpdatedAt} line={line} />}
    >
      <div className={styles.shelves}>
        <Segments
          label={t('followUp.page.shelves')}
          segments={shelves.map((key) => ({
            key,
            label: t(`followUp.page.${key}`),
            count: key === shelf && list.data ? rows.length : undefined,
          }))}
          chosen={shelf}
          onChoose={setShelf}
        />
      </div>
      {list.isPending && <SkeletonRows />}
      {list.isError && !list.data && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 && (
        <Empty icon="check" title={t(`followUp.page.empty.${shelf}`)} />
      )}
      {rows.length > 0 && <FollowUpRows rows={rows} />}
    </Sheet>
  );
}
