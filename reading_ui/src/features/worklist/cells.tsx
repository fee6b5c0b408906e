import { useTranslation } from 'react-i18next';
import { useSession } from '@/api/session';
import type { WorklistRow } from '@/api/types';
import { cx } from '@/lib/cx';
import { useNow } from '@/lib/now';
import { shownWhenLoaded } from '@/lib/shownWhenLoaded';
import { type Band, bandAt } from '@/lib/time';
import { BandMark, Tag } from '@/ui/Band';
import { Icon } from '@/ui/icons';
import { ageOf, useSexWord } from '@/ui/person';
import { RowMarks } from '@/ui/RowMarks';
import styles from './worklist.module.css';

/** Icon and word, and a stripe down the row's edge that the eye finds while scrolling. */
export function BandCell({ row }: { row: WorklistRow }) {
  const now = useNow();
  const band = row.kind === 'task' ? bandAt(row.band, row.arrived_at, row.due_at, now) : 'grey';
  return (
    <>
      <span className={styles.stripe} data-band={row.kind === 'unrouted' ? 'yellow' : band} />
      <Mark row={row} band={band} />
    </>
  );
}

function Mark({ row, band }: { row: WorklistRow; band: Band }) {
  const { t } = useTranslation('ui');
  if (row.kind === 'receiving') return <BandMark band="grey" icon="incoming" word={t('task.receiving')} />;
  if (row.kind === 'unrouted') return <BandMark band="yellow" icon="route" word={t('task.unrouted')} />;
  if (row.state === 'verified') return <BandMark band="grey" icon="check" word={t('task.verified')} />;
  return <BandMark band={band} />;
}

export function PriorityCell({ row }: { row: WorklistRow }) {
  const { t } = useTranslation('ui');
  const word = t(`priority.${row.priority}`);
  if (row.priority === 'STAT') return <Tag band="strong">{word}</Tag>;
  if (row.priority === 'URGENT') return <Tag band="plain">{word}</Tag>;
  return <span className={styles.dim}>{word}</span>;
}

/** `lines`: the name has a line of its own, and below it stands who that is and what was examined. */
export function PatientCell({ row, lines }: { row: WorklistRow; lines: boolean }) {
  const { t } = useTranslation('ui');
  const sexWord = useSexWord();
  const age = ageOf(row.patient.age);
  const who = (
    <>
      <span>{sexWord(row.patient.sex)}</span>
      {age && <span>{t(`age.${age.unit}`, { n: age.n })}</span>}
    </>
  );
  const name = (
    <>
      <strong title={row.patient.name}>{row.patient.name || t('identity.nameless')}</strong>
      {row.patient.doubtful && (
        <span className={styles.doubt} title={t('identity.doubtfulWhy')}>
          <Icon name="help" size={13} />
          <span className="sr-only">{t('identity.doubtful')}</span>
        </span>
      )}
    </>
  );
  if (!lines)
    return (
      <span className={styles.patient}>
        {name}
        {who}
      </span>
    );
  return (
    <span>
      <span className={styles.patient}>{name}</span>
      <span className={styles.patient}>
        {who}
        <span>{row.patient.patient_id}</span>
        <span>{row.modalities.join('/')}</span>
      </span>
    </span>
  );
}

/** Of a study that still comes in the number of its images is what one looks at, and stays before its name does. */
export function StudyCell({ row }: { row: WorklistRow }) {
  const { t } = useTranslation('worklist');
  const receiving = row.kind === 'receiving';
  const size = t('size', { series: row.series_count, images: row.instance_count });
  return (
    <RowMarks
      row={row}
      name={row.description || row.body_part || t('noDescription')}
      least={receiving ? 1 : undefined}
      spare={<span className={cx(styles.size, receiving && styles.counting)}>{size}</span>}
    />
  );
}

export function StateCell({ row }: { row: WorklistRow }) {
  const { t } = useTranslation('worklist');
  const me = useSession((session) => session.me?.person.id);
  if (row.state === 'claimed' && row.reader) {
    const mine = row.reader.id === me;
    return (
      <span className={cx(styles.state, mine && styles.mine)}>
        <Icon name={mine ? 'report' : 'lock'} size={13} />
        {mine ? t('mineReading') : t('reading', { name: row.reader.name })}
      </span>
    );
  }
  const reviewed = row.state === 'reported' && row.report_state === 'in_review';
  // Beside a report that waits stands who wrote it, beside one in review who has it.
  const name = reviewed ? row.reviewer?.name : row.state === 'reported' ? row.reader?.name : undefined;
  return (
    <span className={styles.state}>
      {reviewed ? t('ui:reportState.in_review') : t(`ui:task.${row.state}`)}
      {name && <span className={styles.dim}>{name}</span>}
    </span>
  );
}

export function ThumbsCell({ row }: { row: WorklistRow }) {
  return (
    <span className={styles.thumbs}>
      {row.thumbs.slice(0, 3).map((url) => (
        <img
          key={url}
          src={url}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          {...shownWhenLoaded}
        />
      ))}
    </span>
  );
}
