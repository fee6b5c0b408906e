import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { WorklistRow } from '@/api/types';
import { Tag } from '@/ui/Band';
import type { Column } from '@/ui/grid';
import { Icon, type IconName } from '@/ui/icons';
import { type MarkKind, marksOf } from '@/ui/marks';
import { ageOf, useSexWord } from '@/ui/person';
import { MarkTag, RowMarks } from '@/ui/RowMarks';
import { Time } from '@/ui/Time';
import styles from './CountyPage.module.css';

/** Below this width a row has two lines: the name has one of its own. */
export const NARROW = 720;
export const TWO_LINES = 48;

const icons: Partial<Record<WorklistRow['state'], IconName>> = {
  receiving: 'incoming',
  unrouted: 'route',
  queued: 'clock',
  claimed: 'person',
  reported: 'report',
  cancelled: 'close',
};

/** That no image is left stands in place of the state; images that came before the report was signed ask nothing of this desk. */
const ELSEWHERE: readonly MarkKind[] = ['noImages', 'late'];

/** Seen from the hospital that asked: where is my study, and is the report there? */
export function useCountyColumns(width: number): Column<WorklistRow>[] {
  const { t } = useTranslation('county');
  return useMemo(() => {
    const columns: Column<WorklistRow>[] = [
      {
        key: 'patient',
        title: t('column.patient'),
        width: 'minmax(150px, 0.9fr)',
        cell: (row) => <Who row={row} withId={width < NARROW} />,
      },
      {
        key: 'id',
        title: t('column.id'),
        width: 'minmax(128px, 0.7fr)',
        cell: (row) => (
          <span className={styles.id} title={row.patient.patient_id}>
            {row.patient.patient_id}
          </span>
        ),
      },
      {
        key: 'modality',
        title: t('column.modality'),
        width: width < NARROW ? '52px' : '60px',
        cell: (row) => row.modalities.join('/'),
      },
      {
        key: 'study',
        title: t('column.study'),
        width: 'minmax(160px, 1.4fr)',
        cell: (row) => (
          <RowMarks row={row} name={row.description || row.body_part || '—'} without={ELSEWHERE} />
        ),
      },
      {
        key: 'images',
        title: t('column.images'),
        width: '64px',
        align: 'right',
        cell: (row) => row.instance_count,
      },
      {
        key: 'arrived',
        title: t('column.arrived'),
        width: '104px',
        cell: (row) => <Time at={row.arrived_at} />,
      },
      {
        key: 'state',
        title: t('column.state'),
        width: width < NARROW ? '118px' : '150px',
        cell: (row) => (width < NARROW ? <Below row={row} /> : <State row={row} />),
      },
      { key: 'report', title: t('column.report'), width: '96px', cell: (row) => <Report row={row} /> },
    ];
    const narrow = new Set(['patient', 'modality', 'state']);
    return width < NARROW ? columns.filter((column) => narrow.has(column.key)) : columns;
  }, [t, width]);
}

/** On a phone the patient's id stands below the name, and the name is there in full: either alone is never enough. */
function Who({ row, withId }: { row: WorklistRow; withId: boolean }) {
  const { t } = useTranslation('ui');
  const sexWord = useSexWord();
  const age = ageOf(row.patient.age);
  const name = (
    <>
      <Link to={`/studies/${row.study_id}`} className={styles.name} title={row.patient.name}>
        {row.patient.name || t('identity.nameless')}
      </Link>
      {row.patient.doubtful && <span className={styles.doubt}>{t('identity.doubtful')}</span>}
    </>
  );
  const rest = (
    <>
      <span>{sexWord(row.patient.sex)}</span>
      {age && <span>{t(`age.${age.unit}`, { n: age.n })}</span>}
    </>
  );
  if (!withId)
    return (
      <span className={styles.who}>
        {name}
        {rest}
      </span>
    );
  return (
    <span>
      <span className={styles.who}>{name}</span>
      <span className={styles.who}>
        {rest}
        <span>{row.patient.patient_id}</span>
      </span>
    </span>
  );
}

/** On a phone no column says what was examined: what is amiss with its images stands below the state. */
function Below({ row }: { row: WorklistRow }) {
  return (
    <span className={styles.below}>
      <State row={row} />
      <RowMarks row={row} without={ELSEWHERE} />
    </span>
  );
}

/** Only what asks something of this desk is coloured: a report to read, a question to answer. */
function State({ row }: { row: WorklistRow }) {
  const { t } = useTranslation('county');
  const word = t(`state.${row.state}`);
  const empty = marksOf(row).find(({ kind }) => kind === 'noImages');
  if (empty && row.state !== 'verified') return <MarkTag mark={empty} />;
  if (row.state === 'verified') {
    return (
      <Tag band="accent" icon="check">
        {word}
      </Tag>
    );
  }
  if (row.state === 'returned') {
    return (
      <Tag band="yellow" icon="question">
        {word}
      </Tag>
    );
  }
  return (
    <span className={styles.state} title={row.reader?.name}>
      <Icon name={icons[row.state] ?? 'dot'} size={13} />
      {word}
    </span>
  );
}

function Report({ row }: { row: WorklistRow }) {
  const { t } = useTranslation('county');
  if (row.state !== 'verified' || !row.report_id) return null;
  return <Link to={`/studies/${row.study_id}`}>{t('read')}</Link>;
}
