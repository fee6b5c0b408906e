import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { asProblem } from '@/api/problem';
import { SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { Closed, Early, Left, Refused, Waiting } from './Door';
import { isIn } from './devicePrefs';
import { Lobby } from './Lobby';
import { Room } from './Room';
import styles from './room.module.css';
import type { RoomSlots } from './slots';
import { useAdmission } from './useAdmission';
import { type Media, useMedia } from './useMedia';
import { useRoom } from './useRoom';

/** Route /rooms/:roomId. Pictures, tools and the opinion are handed in by the application. */
export function RoomPage({ slots }: { slots: RoomSlots }) {
  const { roomId = '' } = useParams();
  const media = useMedia(roomId);
  if (!media) return null;
  return (
    <div className={styles.whole}>
      <Entered key={roomId} roomId={roomId} media={media} slots={slots} />
    </div>
  );
}

interface Props {
  roomId: string;
  media: Media;
  slots: RoomSlots;
}

const UNKNOWN: ReadonlySet<string> = new Set(['room.absent', 'room.removed', 'permit.refused']);

function Entered({ roomId, media, slots }: Props) {
  const { t } = useTranslation('room');
  const room = useRoom(roomId);
  const code = room.isError ? asProblem(room.error).code : '';
  const gone = UNKNOWN.has(code);
  const door = useAdmission(room.data, room.dataUpdatedAt, gone, roomId, media.admitted);
  const { standing } = door;
  useTitle(room.data?.title ?? t('title'));
  const outside = standing.at === 'waiting';
  useEffect(() => {
    if (outside || gone) media.client.rest();
  }, [outside, gone, media.client]);
  if (standing.at === 'refused') return <Refused code={standing.code} />;
  // What was shown before one was put out is not shown any longer.
  if (gone) return <Refused code={code} />;
  if (room.isError && !room.data) return <Trouble error={room.error} onRetry={() => void room.refetch()} />;
  if (!room.data) return <SkeletonRows rows={12} />;
  if (room.data.state === 'closed') return <Closed room={room.data} />;
  if (standing.at === 'left') return <Left room={room.data} onBack={() => door.enter(false)} />;
  if (outside) return <Waiting room={room.data} onLeave={door.leave} />;
  if (standing.at === 'in') {
    return (
      <Room
        room={room.data}
        seatId={standing.seatId}
        client={media.client}
        slots={slots}
        onLeave={() => {
          isIn(null);
          door.leave();
        }}
      />
    );
  }
  if (Date.parse(room.data.opens_at) > Date.now()) return <Early room={room.data} />;
  const recorded = standing.at === 'recorded' || room.data.recording.state === 'on';
  return (
    <Lobby
      room={room.data}
      client={media.client}
      busy={standing.at === 'entering'}
      recorded={recorded}
      onEnter={() => door.enter(recorded)}
    />
  );
}
