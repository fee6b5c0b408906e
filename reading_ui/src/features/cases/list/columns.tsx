import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Tag } from '@/ui/Band';
import type { Column } from '@/ui/grid';
import { Time } from '@/ui/Time';
import type { CaseLine } from '../types';
import { Who } from '../Who';
import styles from './list.module.css';

const NARROW = 720;

/** One case a row: who, what it is about, since when; a closed one is grey. */
export function useCaseColumns(width: number): Column<CaseLine>[] {
  const { t } = useTranslation('cases');
  return useMemo(() => {
    const narrow = width < NARROW;
    const columns: Column<CaseLine>[] = [
      {
        key: 'number',
        title: t('column.number'),
        width: '112px',
        cell: (row) => <Link to={`/cases/${row.id}`}>{row.number}</Link>,
      },
      {
        key: 'patient',
        title: t('column.patient'),
        width: 'minmax(170px, 1fr)',
        cell: (row) => (
          <Who patient={row.patient} site={row.site.name} to={`/cases/${row.id}`} stacked={narrow} />
        ),
      },
      {
        key: 'title',
        title: t('column.title'),
        width: narrow ? 'minmax(110px, 1fr)' : 'minmax(160px, 1.4fr)',
        cell: (row) => row.title,
      },
      {
        key: 'severity',
        title: t('column.severity'),
        width: '96px',
        cell: (row) => <span className={styles.dim}>{t(`severity.${row.severity}`)}</span>,
      },
      {
        key: 'studies',
        title: t('column.studies'),
        width: '72px',
        align: 'right',
        cell: (row) => <span className={styles.number}>{row.study_count}</span>,
      },
      {
        key: 'opened',
        title: t('column.opened'),
        width: '190px',
        cell: (row) => (
          <span className={styles.dim}>
            <Time at={row.opened_at} /> {row.opened_by.name}
          </span>
        ),
      },
      {
        key: 'state',
        title: t('column.state'),
        width: '84px',
        cell: (row) => <Tag band={row.state === 'open' ? 'plain' : 'grey'}>{t(`state.${row.state}`)}</Tag>,
      },
    ];
    const few = new Set(['patient', 'title', 'state']);
    return narrow ? columns.filter((column) => few.has(column.key)) : columns;
  }, [t, width]);
}
