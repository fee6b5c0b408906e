import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SkeletonRows, Trouble } from '@/ui/States';
import { StudyKnown } from '@/ui/StudyKnown';
import { ConclusionPart } from '../item/ConclusionPart';
import { Preparations } from '../item/Preparations';
import styles from '../meeting.module.css';
import type { Meeting } from '../types';
import { useItem, useMeeting } from '../useMeeting';

/** A case whose conclusion is asked for from outside; again with another object. */
type Asked = { item: string | null } | null;

/** The conclusion beside the pictures: of the case that is presented, else of one that waits for signatures. */
export function RoomConclusion({ meetingId, asked }: { meetingId: string; asked: Asked }) {
  const found = useMeeting(meetingId);
  if (found.data) return <Beside meeting={found.data} asked={asked} />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  return <SkeletonRows rows={4} />;
}

function Beside({ meeting, asked }: { meeting: Meeting; asked: Asked }) {
  const { t } = useTranslation('meeting');
  const [wanted, setWanted] = useState('');
  useEffect(() => {
    if (asked?.item) setWanted(asked.item);
  }, [asked]);
  const offers = meeting.agenda.filter(({ state }) => state !== 'proposed');
  const presented = offers.find(({ state }) => state === 'presenting');
  const toSign = offers.find(({ verbs }) => verbs.includes('sign'));
  const concluded = offers.findLast(({ state }) => state === 'concluded' || state === 'signed');
  const shown = offers.find(({ id }) => id === wanted) ?? presented ?? toSign ?? concluded;
  const item = useItem(meeting.id, shown?.id).data;
  return (
    <div className={styles.inRoom}>
      <select
        className={styles.select}
        aria-label={t('room.which')}
        value={shown?.id ?? ''}
        onChange={(event) => setWanted(event.target.value)}
      >
        {!shown && <option value="">{t('room.nothing')}</option>}
        {offers.map((one) => (
          <option key={one.id} value={one.id}>
            {one.patient?.name} · {t(`item.state.${one.state}`)}
          </option>
        ))}
      </select>
      {item && item.id === shown?.id && (
        <>
          <p className={styles.question}>{item.question}</p>
          {item.studies.map((study) => (
            <StudyKnown key={study.study_id} studyId={study.study_id} />
          ))}
          <ConclusionPart key={item.id} meeting={meeting} item={item} />
          <Preparations meeting={meeting} item={item} />
        </>
      )}
    </div>
  );
}
