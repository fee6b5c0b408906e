import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { roomKey } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import * as calls from '../calls';
import { KeyImages } from '../item/KeyImages';
import styles from '../meeting.module.css';
import { AgendaWords } from '../page/Agenda';
import type { Item, KeyImage } from '../types';
import { useDeed, useItem, useMeeting } from '../useMeeting';
import { Quorum } from '../Words';

interface Props {
  meetingId: string;
  roomId: string;
  /** Brings a picture up on the shared screen. */
  onShow: (image: KeyImage) => void;
}

/** The agenda at the left of the room: the quorum, the time boxes; the chair calls the next case, whose studies the room then shows. */
export function RoomAgenda({ meetingId, roomId, onShow }: Props) {
  const { t } = useTranslation('meeting');
  const cache = useQueryClient();
  const meeting = useMeeting(meetingId).data;
  const present = useDeed<Item>(meetingId, 'present');
  const now = meeting?.agenda.find(({ state }) => state === 'presenting')?.id;
  const seen = meeting !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another case before the meeting means other studies in the room
  useEffect(() => {
    if (seen) void cache.invalidateQueries({ queryKey: roomKey(roomId) });
  }, [cache, roomId, now, seen]);
  if (!meeting) return null;
  return (
    <nav className={styles.roomAgenda} aria-label={t('agenda.title')} data-testid="room-agenda">
      <header>
        <Quorum meeting={meeting} />
      </header>
      <ol>
        {meeting.agenda.map((item, index) => (
          <li
            key={item.id}
            className={cx(styles.entry, item.id === now && styles.chosen)}
            data-item={item.id}
          >
            <AgendaWords item={item} place={index + 1} />
            {item.id === now && <Chosen meetingId={meetingId} itemId={item.id} onShow={onShow} />}
            {item.verbs.includes('present') && (
              <Button
                tone={now ? 'plain' : 'next'}
                busy={present.isPending}
                onClick={() => present.mutate(() => calls.actOn(meetingId, item.id, 'present'))}
              >
                {t('verb.present')}
              </Button>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** The pictures that the specialties prepared for the case that is before the meeting: a click brings one up. */
function Chosen({
  meetingId,
  itemId,
  onShow,
}: {
  meetingId: string;
  itemId: string;
  onShow: Props['onShow'];
}) {
  const item = useItem(meetingId, itemId).data;
  if (!item) return null;
  const images = item.preparations.flatMap(({ key_images: own }) => own);
  return <KeyImages item={item} images={images} onShow={onShow} />;
}
