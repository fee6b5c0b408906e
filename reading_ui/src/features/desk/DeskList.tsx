import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { fullTime } from '@/lib/time';
import { BandMark } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { DueClock } from '@/ui/DueClock';
import { PatientWords } from '@/ui/PatientWords';
import { paperContext } from '@/ui/reasonText';
import { SkeletonRows, Trouble } from '@/ui/States';
import type { DeskItem } from './calls';
import styles from './desk.module.css';
import { useDesk } from './useDesk';

/** 待我处理: most urgent first, one button each. */
export function DeskList({ wide = false }: { wide?: boolean }) {
  const { t } = useTranslation('desk');
  const list = useDesk();
  if (list.isPending) return <SkeletonRows rows={4} />;
  if (list.isError && !list.data) return <Trouble error={list.error} onRetry={() => void list.refetch()} />;
  const items = list.data?.items ?? [];
  if (items.length === 0) return <p className={styles.none}>{t('nothing')}</p>;
  return (
    <ul className={wide ? styles.wide : styles.list} data-testid="desk">
      {items.map((item) => (
        <Line key={`${item.kind}:${item.id}`} item={item} />
      ))}
    </ul>
  );
}

function Line({ item }: { item: DeskItem }) {
  const { t } = useTranslation('desk');
  const navigate = useNavigate();
  return (
    <li className={styles.item} data-band={item.band} data-kind={item.kind}>
      <BandMark band={item.band} />
      <div className={styles.words}>
        <p className={styles.title}>
          {t(`kind.${item.kind}`, { context: paperContext(item.params), defaultValue: t('kind.other') })}
          <Clock item={item} />
        </p>
        <Who item={item} />
        <Detail item={item} />
      </div>
      <Button tone={item.verb.startsWith('look_') ? 'plain' : 'next'} onClick={() => navigate(item.link)}>
        {t(`verb.${item.verb}`, { context: paperContext(item.params), defaultValue: t('verb.open') })}
      </Button>
    </li>
  );
}

const APPOINTMENTS: ReadonlySet<string> = new Set([
  'confirm',
  'enter',
  'start',
  'look_consultation',
  'look_meeting',
]);

/** A meeting has its time, and its room the time at which it opens; all else the time that is left. */
function Clock({ item }: { item: DeskItem }) {
  const { t } = useTranslation('desk');
  const { starts_at: starts, opens_at: opens } = item.params;
  if (typeof starts === 'string' && APPOINTMENTS.has(item.verb)) {
    return (
      <span className={styles.clock}>
        <span>{t('starts', { at: fullTime(starts).slice(5, 16) })}</span>{' '}
        {typeof opens === 'string' && <span>{t('opens', { opens: fullTime(opens).slice(11, 16) })}</span>}
      </span>
    );
  }
  return (
    <span className={styles.clock}>
      <DueClock dueAt={item.due_at} startedAt={null} band={item.band} />
    </span>
  );
}

function Who({ item }: { item: DeskItem }) {
  const { patient } = item;
  if (!patient) return null;
  return (
    <p className={styles.who}>
      <PatientWords patient={patient} doubt={styles.doubt} />
    </p>
  );
}

/** The number, how urgent, and the words that came with it. */
function Detail({ item }: { item: DeskItem }) {
  const { t } = useTranslation('desk');
  const { params } = item;
  const parts = [
    typeof params.item === 'string' ? t(`critical:item.${params.item}`, { defaultValue: params.item }) : '',
    typeof params.urgency === 'string' ? t(`urgency.${params.urgency}`, { defaultValue: '' }) : '',
    params.number,
    params.title,
    typeof params.no_show === 'string' ? t(`noShow.${params.no_show}`, { defaultValue: '' }) : '',
    params.declined ? t('declined', { why: params.declined }) : '',
    params.text,
    params.missing,
  ].filter(Boolean);
  if (parts.length === 0) return null;
  return <p className={styles.detail}>{parts.join(' · ')}</p>;
}
