import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useConnection } from '@/live';
import { Freshness } from '@/ui/Freshness';
import { Sheet } from '@/ui/Sheet';
import { useTitle } from '@/ui/title';
import { DeskList } from './DeskList';
import { useDesk } from './useDesk';

/** Route /desk: where the day of a coordinator and of an expert begins. */
export function DeskPage({ beside }: { beside?: ReactNode }) {
  const { t } = useTranslation('desk');
  const line = useConnection((connection) => connection.state);
  const list = useDesk();
  const total = list.data?.total ?? 0;
  useTitle(t('title'), total);
  return (
    <Sheet
      title={t('title')}
      // Nobody is told that nothing waits before it is known.
      hint={list.data ? t('hint', { n: total }) : ''}
      tools={<Freshness at={list.dataUpdatedAt} line={line} />}
    >
      <DeskList wide />
      {beside}
    </Sheet>
  );
}
