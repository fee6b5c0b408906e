import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { BandMark } from '@/ui/Band';
import type { Column } from '@/ui/grid';
import { Time } from '@/ui/Time';
import type { Referral } from '../types';
import { Who } from '../Who';
import { Clock } from './Clock';
import type { Box } from './filter';
import { listOf, useWordOf } from './library';
import styles from './referral.module.css';
import { StateTag } from './StateTag';
import { useLibrary } from './useReferral';
import { Way } from './Way';

const NARROW = 720;
const few = new Set(['band', 'way', 'patient', 'state']);

/** One referral a row: how urgent, who, from where to where, how far, how long still. */
export function useReferralColumns(width: number, box: Box): Column<Referral>[] {
  const { t } = useTranslation('cases');
  const library = useLibrary();
  const wordOf = useWordOf();
  return useMemo(() => {
    const narrow = width < NARROW;
    const disease = (row: Referral) => {
      const list = listOf(library, row.direction, row.disease);
      return list ? wordOf(list) : '';
    };
    const columns: Column<Referral>[] = [
      { key: 'band', title: '', width: '30px', align: 'center', cell: (row) => <BandMark band={row.band} /> },
      {
        key: 'number',
        title: t('referral.column.number'),
        width: '112px',
        cell: (row) => <Link to={`/referrals/${row.id}`}>{row.number}</Link>,
      },
      {
        key: 'way',
        title: t('referral.column.way'),
        width: narrow ? '106px' : '150px',
        cell: (row) => <Way row={row} short={narrow} />,
      },
      {
        key: 'patient',
        title: t('referral.column.patient'),
        width: 'minmax(150px, 1.2fr)',
        cell: (row) => (
          <Who
            patient={row.patient}
            site={row.from_site.name}
            to={`/referrals/${row.id}`}
            short
            stacked={narrow}
          />
        ),
      },
      { key: 'disease', title: t('referral.column.disease'), width: 'minmax(110px, 1fr)', cell: disease },
      {
        key: 'from',
        title: t('referral.column.from'),
        width: 'minmax(100px, 0.8fr)',
        cell: (row) => row.from_site.name,
      },
      {
        key: 'to',
        title: t('referral.column.to'),
        width: 'minmax(100px, 0.8fr)',
        cell: (row) => row.to_site?.name ?? '—',
      },
      {
        key: 'state',
        title: t('referral.column.state'),
        width: narrow ? '92px' : '128px',
        cell: (row) => <StateTag row={row} />,
      },
      {
        key: 'clock',
        title: t('referral.column.clock'),
        width: '118px',
        cell: (row) => <Clock row={row} />,
      },
      {
        key: 'created',
        title: t('referral.column.created'),
        width: '104px',
        cell: (row) => (
          <span className={styles.dim}>
            <Time at={row.created_at} />
          </span>
        ),
      },
    ];
    if (narrow) return columns.filter((column) => few.has(column.key));
    return width < 1100
      ? columns.filter(({ key }) => key !== 'created' && key !== (box === 'out' ? 'from' : ''))
      : columns;
  }, [t, width, box, library, wordOf]);
}
