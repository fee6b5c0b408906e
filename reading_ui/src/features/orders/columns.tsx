import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Column } from '@/ui/grid';
import { Time } from '@/ui/Time';
import styles from './orders.module.css';
import type { OrderItem } from './types';
import { Person, PriorityTag, StateTag } from './words';

const NARROW = 760;
const BESIDE_PANEL = 1040;
/** What gives way first, and what beside it on a phone. */
const none: ReadonlySet<string> = new Set();
const spare: ReadonlySet<string> = new Set(['station', 'images']);
const aside: ReadonlySet<string> = new Set([...spare, 'scheduled', 'accession']);

/** One order a row: who, what, how urgent, when, how far. */
export function useOrderColumns(width: number): Column<OrderItem>[] {
  const { t } = useTranslation('orders');
  return useMemo(() => {
    const columns: Column<OrderItem>[] = [
      {
        key: 'priority',
        title: t('column.priority'),
        width: '76px',
        cell: (row) => <PriorityTag priority={row.priority} />,
      },
      {
        key: 'patient',
        title: t('column.patient'),
        width: 'minmax(220px, 1.4fr)',
        cell: (row) => <Person of={row} />,
      },
      {
        key: 'procedure',
        title: t('column.procedure'),
        width: 'minmax(150px, 1fr)',
        cell: (row) => (
          <span>
            <b className={styles.modality}>{row.modality}</b> {row.procedure}
          </span>
        ),
      },
      {
        key: 'scheduled',
        title: t('column.scheduled'),
        width: '104px',
        cell: (row) => <Time at={row.scheduled_at} />,
      },
      {
        key: 'station',
        title: t('column.station'),
        width: '130px',
        cell: (row) => <span className={styles.dim}>{row.station || t('anyStation')}</span>,
      },
      {
        key: 'accession',
        title: t('column.accession'),
        width: '130px',
        cell: (row) => <span className={styles.id}>{row.accession}</span>,
      },
      {
        key: 'images',
        title: t('column.images'),
        width: '76px',
        align: 'right',
        cell: (row) => <span className={styles.dim}>{row.images || '—'}</span>,
      },
      {
        key: 'state',
        title: t('column.state'),
        width: '112px',
        cell: (row) => <StateTag order={row} />,
      },
    ];
    const left = width < NARROW ? aside : width < BESIDE_PANEL ? spare : none;
    return columns.filter((column) => !left.has(column.key));
  }, [t, width]);
}
