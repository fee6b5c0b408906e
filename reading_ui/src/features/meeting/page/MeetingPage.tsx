import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { cx } from '@/lib/cx';
import { useNow } from '@/lib/now';
import { fullTime } from '@/lib/time';
import { DueClock } from '@/ui/DueClock';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import { ItemPane } from '../item/ItemPane';
import styles from '../meeting.module.css';
import type { Item, Meeting } from '../types';
import { useMeeting } from '../useMeeting';
import { MeetingTag, Quorum } from '../Words';
import { Agenda } from './Agenda';
import { Deeds } from './Deeds';
import { Members } from './Members';

/** Routes /meetings/:id and /meetings/:id/items/:item: the agenda at the left, one case in the middle, people at the right. */
export function MeetingPage() {
  const { t } = useTranslation('meeting');
  const { id = '', item } = useParams();
  const found = useMeeting(id);
  const meeting = found.data;
  useTitle(meeting ? `${meeting.title} ${meeting.number}` : t('title'));
  if (!meeting) {
    if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
    return <SkeletonRows rows={12} />;
  }
  const shown = item ?? (meeting.agenda.find(({ state }) => state === 'presenting') ?? meeting.agenda[0])?.id;
  return (
    <div className={styles.page} data-testid="meeting" data-state={meeting.state}>
      <Head meeting={meeting} item={meeting.agenda.find(({ id }) => id === shown)} />
      <div className={styles.columns}>
        <Agenda meeting={meeting} chosen={shown} />
        <div className={styles.main}>
          <Deeds meeting={meeting} />
          {shown ? (
            <ItemPane key={shown} meeting={meeting} itemId={shown} />
          ) : (
            <Empty icon="layers" title={t('agenda.none')}>
              {t('agenda.noneHint')}
            </Empty>
          )}
        </div>
        <Members meeting={meeting} />
      </div>
    </div>
  );
}

function Head({ meeting, item }: { meeting: Meeting; item: Item | undefined }) {
  const { t } = useTranslation('meeting');
  const now = useNow();
  const freezes = meeting.state === 'open' && Date.parse(meeting.freeze_at) > now;
  return (
    <header className={styles.strip}>
      <h1 className={styles.head}>{meeting.title}</h1>
      <span className={styles.dim}>{meeting.site.name}</span>
      <span>
        <Time at={meeting.starts_at} /> · {t('box.minutes', { n: meeting.minutes })}
      </span>
      <MeetingTag state={meeting.state} />
      {freezes && (
        <span title={fullTime(meeting.freeze_at)}>
          {t('freeze')} <DueClock dueAt={meeting.freeze_at} startedAt={null} band="blue" />
        </span>
      )}
      {meeting.end_reason && <span className={styles.dim}>{meeting.end_reason}</span>}
      <span className={styles.rest}>
        <Quorum meeting={meeting} item={item} />
        <span className={cx(styles.dim, styles.whole)}>{meeting.number}</span>
      </span>
    </header>
  );
}
