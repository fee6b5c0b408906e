import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { WorklistRow } from '@/api/types';
import type { Band } from '@/lib/time';
import { Tag } from '@/ui/Band';
import type { Column } from '@/ui/grid';
import type { IconName } from '@/ui/icons';
import { ageOf, useSexWord } from '@/ui/person';
import { Time } from '@/ui/Time';
import styles from './CountyPage.module.css';

const NARROW = 720;

const looks: Partial<Record<WorklistRow['state'], { band: Band; icon: IconName }>> = {
  receiving: { band: 'grey', icon: 'incoming' },
  unrouted: { band: 'yellow', icon: 'route' },
  queued: { band: 'blue', icon: 'clock' },
  claimed: { band: 'blue', icon: 'person' },
  reported: { band: 'blue', icon: 'report' },
  verified: { band: 'blue', icon: 'check' },
  returned: { band: 'yellow', icon: 'question' },
  cancelled: { band: 'grey', icon: 'close' },
};

/** Seen from the hospital that asked: where is my study, and is the report there? */
export function useCountyColumns(width: number): Column<WorklistRow>[] {
  const { t } = useTranslation('county');
  return useMemo(() => {
    const columns: Column<WorklistRow>[] = [
      {
        key: 'patient',
        title: t('column.patient'),
        width: 'minmax(150px, 1fr)',
        cell: (row) => <Who row={row} />,
      },
      {
        key: 'id',
        title: t('column.id'),
        width: '104px',
        cell: (row) => <span className={styles.dim}>{row.patient.patient_id}</span>,
      },
      {
        key: 'modality',
        title: t('column.modality'),
        width: '60px',
        cell: (row) => row.modalities.join('/'),
      },
      {
        key: 'study',
        title: t('column.study'),
        width: 'minmax(160px, 1.4fr)',
        cell: (row) => row.description || row.body_part || '—',
      },
      {
        key: 'images',
        title: t('column.images'),
        width: '70px',
        align: 'right',
        cell: (row) => row.instance_count,
      },
      {
        key: 'arrived',
        title: t('column.arrived'),
        width: '104px',
        cell: (row) => <Time at={row.arrived_at} />,
      },
      { key: 'state', title: t('column.state'), width: '150px', cell: (row) => <State row={row} /> },
      { key: 'report', title: t('column.report'), width: '110px', cell: (row) => <Report row={row} /> },
    ];
    const narrow = new Set(['patient', 'modality', 'state', 'report']);
    return width < NARROW ? columns.filter((column) => narrow.has(column.key)) : columns;
  }, [t, width]);
}

function Who({ row }: { row: WorklistRow }) {
  const { t } = useTranslation('ui');
  const sexWord = useSexWord();
  const age = ageOf(row.patient.age);
  return (
    <span className={styles.who}>
      <strong>{row.patient.name || t('identity.nameless')}</strong>
      {row.patient.doubtful && <span className={styles.doubt}>{t('identity.doubtful')}</span>}
      <span>{sexWord(row.patient.sex)}</span>
      {age && <span>{t(`age.${age.unit}`, { n: age.n })}</span>}
    </span>
  );
}

function State({ row }: { row: WorklistRow }) {
  const { t } = useTranslation('county');
  const look = looks[row.state] ?? { band: 'grey', icon: 'dot' };
  return (
    <Tag band={look.band} icon={look.icon} title={row.reader?.name}>
      {t(`state.${row.state}`)}
    </Tag>
  );
}

function Report({ row }: { row: WorklistRow }) {
  const { t } = useTranslation('county');
  if (row.state !== 'verified' || !row.report_id) return null;
  return <Link to={`/studies/${row.study_id}`}>{t('read')}</Link>;
}
