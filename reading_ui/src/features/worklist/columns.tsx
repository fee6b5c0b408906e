import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorklistRow } from '@/api/types';
import { DueClock } from '@/ui/DueClock';
import type { Column } from '@/ui/grid';
import { Time } from '@/ui/Time';
import { BandCell, PatientCell, PriorityCell, StateCell, StudyCell, ThumbsCell } from './cells';
import styles from './worklist.module.css';

interface WorklistColumn extends Column<WorklistRow> {
  /** Shown only where the grid is at least this wide (px); what it says is also in the side panel. */
  from?: number;
  /** Cannot be switched off: without it a row could be mistaken. */
  fixed?: boolean;
  /** What it says stands in the patient's second line where the grid is narrow. */
  folded?: boolean;
}

/** Below this width (px) a row has two lines: the name has one of its own, and what is left of the columns is in the side panel. */
export const NARROW = 620;
export const TWO_LINES = 48;

export function useWorklistColumns(narrow: boolean): WorklistColumn[] {
  const { t, i18n } = useTranslation('worklist');
  const wide = i18n.language === 'en' ? 24 : 0;
  return useMemo(
    () => [
      {
        key: 'band',
        title: '',
        width: '34px',
        align: 'center',
        fixed: true,
        cell: (row) => <BandCell row={row} />,
      },
      {
        key: 'priority',
        title: t('column.priority'),
        width: `${52 + wide}px`,
        fixed: true,
        cell: (row) => <PriorityCell row={row} />,
      },
      {
        key: 'patient',
        title: t('column.patient'),
        width: 'minmax(136px, 0.9fr)',
        sort: 'name',
        fixed: true,
        cell: (row) => <PatientCell row={row} lines={narrow} />,
      },
      {
        key: 'id',
        folded: true,
        title: t('column.id'),
        width: '96px',
        fixed: true,
        cell: (row) => (
          <span className={styles.dim} title={row.patient.patient_id}>
            {row.patient.patient_id}
          </span>
        ),
      },
      {
        key: 'site',
        folded: true,
        title: t('column.site'),
        width: 'minmax(100px, 0.6fr)',
        fixed: true,
        cell: (row) => <span title={row.site.name}>{row.site.name}</span>,
      },
      {
        key: 'modality',
        folded: true,
        title: t('column.modality'),
        width: '52px',
        cell: (row) => mainOnly(row.modalities).join('/'),
      },
      {
        key: 'study',
        folded: true,
        title: t('column.study'),
        width: 'minmax(150px, 1.6fr)',
        cell: (row) => <StudyCell row={row} />,
      },
      {
        key: 'arrived',
        title: t('column.arrived'),
        width: '92px',
        sort: 'arrived',
        from: 1000,
        cell: (row) => <Time at={row.arrived_at} />,
      },
      {
        key: 'due',
        title: t('column.due'),
        width: '108px',
        sort: 'due',
        fixed: true,
        cell: (row) => (
          <DueClock dueAt={row.due_at} startedAt={row.arrived_at} band={row.band} paused={row.paused} />
        ),
      },
      {
        key: 'state',
        folded: true,
        title: t('column.state'),
        width: 'minmax(140px, 0.5fr)',
        fixed: true,
        cell: (row) => <StateCell row={row} />,
      },
      {
        key: 'thumbs',
        title: t('column.thumbs'),
        width: '104px',
        from: 1180,
        cell: (row) => <ThumbsCell row={row} />,
      },
    ],
    [t, wide, narrow],
  );
}

export const visible = (
  columns: WorklistColumn[],
  hidden: readonly string[],
  width: number,
): WorklistColumn[] =>
  columns.filter(
    (column) =>
      (column.fixed || !hidden.includes(column.key)) &&
      width >= (column.from ?? 0) &&
      !(column.folded && width > 0 && width < NARROW),
  );

const beside = new Set(['SR', 'PR', 'KO', 'SEG', 'REG', 'DOC']);

/** Objects that only accompany the images are not what a study is about. */
const mainOnly = (modalities: string[]): string[] => {
  const main = modalities.filter((modality) => !beside.has(modality));
  return main.length > 0 ? main : modalities;
};
