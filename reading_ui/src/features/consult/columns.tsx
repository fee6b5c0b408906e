import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { BandMark } from '@/ui/Band';
import { DueClock } from '@/ui/DueClock';
import type { Column } from '@/ui/grid';
import { Time } from '@/ui/Time';
import styles from './list.module.css';
import type { Hat } from './shelves';
import type { Line } from './types';
import { ColleagueWords, PatientWords, StateTag, UrgencyTag } from './Words';

const NARROW = 720;
const WIDE = 1180;

interface Placed extends Column<Line> {
  /** Shown only where the grid is at least this wide (px). */
  from?: number;
}

/** What a line says: the other hospital's name, whose turn it is, and how long there is. */
export function useColumns(hat: Hat, width: number): Column<Line>[] {
  const { t, i18n } = useTranslation('consult');
  const more = i18n.language === 'en' ? 20 : 0;
  return useMemo(() => {
    const columns: Placed[] = [
      { key: 'band', title: '', width: '34px', align: 'center', cell: (one) => <Band one={one} /> },
      {
        key: 'urgency',
        title: t('column.urgency'),
        width: `${58 + more}px`,
        cell: (one) => <UrgencyTag urgency={one.urgency} />,
      },
      {
        key: 'patient',
        title: t('column.patient'),
        width: width < 560 ? 'minmax(116px, 1fr)' : 'minmax(204px, 0.8fr)',
        cell: (one) => <PatientWords patient={one.patient} />,
      },
      {
        key: 'site',
        title: t(hat === 'ask' ? 'column.centre' : 'column.site'),
        width: 'minmax(104px, 0.5fr)',
        from: NARROW,
        cell: (one) => {
          const site = hat === 'ask' ? one.centre_site : one.requesting_site;
          return <span title={site?.name}>{site?.name ?? '—'}</span>;
        },
      },
      {
        key: 'question',
        title: t('column.question'),
        width: 'minmax(150px, 1.6fr)',
        from: NARROW,
        cell: (one) => <span title={one.question}>{one.question || '—'}</span>,
      },
      {
        key: 'specialty',
        title: t('column.specialty'),
        width: `${84 + 2 * more}px`,
        from: WIDE,
        cell: (one) => (one.wanted_specialty ? t(`specialty.${one.wanted_specialty}`) : '—'),
      },
      {
        key: 'mode',
        title: t('column.mode'),
        width: `${60 + more}px`,
        from: WIDE,
        cell: (one) => t(`modeShort.${one.mode}`),
      },
      {
        key: 'expert',
        title: t('column.expert'),
        width: '110px',
        from: 960,
        cell: (one) => <ColleagueWords person={one.expert} bare />,
      },
      {
        key: 'completeness',
        title: t('column.completeness'),
        width: `${64 + 2 * more}px`,
        align: 'right',
        from: 960,
        cell: (one) => <span className={styles.number}>{one.completeness}%</span>,
      },
      { key: 'due', title: t('column.due'), width: '118px', from: 560, cell: (one) => <Clock one={one} /> },
      {
        key: 'state',
        title: t('column.state'),
        width: `${112 + 2 * more}px`,
        cell: (one) => <StateTag one={one} />,
      },
      {
        key: 'number',
        title: t('column.number'),
        width: '112px',
        from: 860,
        cell: (one) => <span className={styles.dim}>{one.number}</span>,
      },
    ];
    return columns.filter(({ from = 0 }) => width >= from);
  }, [t, hat, width, more]);
}

function Band({ one }: { one: Line }) {
  return (
    <>
      <span className={styles.stripe} data-band={one.band} />
      <BandMark band={one.band} />
    </>
  );
}

/** What runs: the time of the meeting once there is one, else the clock of whoever has to act. */
function Clock({ one }: { one: Line }) {
  const { t } = useTranslation('consult');
  if (one.state === 'scheduled' && one.starts_at) {
    return (
      <span>
        <Time at={one.starts_at} /> {t('starts')}
      </span>
    );
  }
  return (
    <DueClock
      dueAt={one.due_at}
      startedAt={one.submitted_at ?? one.created_at}
      band={one.band}
      paused={one.paused}
    />
  );
}
