import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Freshness } from '@/ui/Freshness';
import { More } from '@/ui/More';
import { Segments } from '@/ui/Segments';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { FollowUpRows } from './FollowUpRows';
import styles from './followups.module.css';
import { type Shelf, shelves } from './shelves';
import { useFollowUps } from './useFollowUps';

/** What is to be done for patients: what is late first. */
export function FollowUpsPage() {
  const { t } = useTranslation('cases');
  const [shelf, setShelf] = useState<Shelf>('mine');
  const { list, rows, line, counts } = useFollowUps(shelf);
  useTitle(t('followUp.page.title'), counts?.overdue ?? 0);
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
            count: counts?.[key],
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
      <More {...list} />
    </Sheet>
  );
}
