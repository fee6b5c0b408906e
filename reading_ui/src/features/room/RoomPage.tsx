import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { asProblem } from '@/api/problem';
import { roomKey } from '@/api/rooms';
import { useLiveSubject } from '@/live';
import { SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { Closed, Early, Left, Refused, Waiting } from './Door';
import { isIn } from './devicePrefs';
import { Lobby } from './Lobby';
import { Room } from './Room';
import styles from './room.module.css';
import type { RoomSlots } from './slots';
import { useAdmission } from './useAdmission';
import { useDoor, useDue } from './useDoor';
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
  const inside = standing.at === 'in';
  const cache = useQueryClient();
  // Whoever stands before the door sees it change by itself; inside, the room's own line tells.
  useLiveSubject('room', room.data && !gone && !inside ? roomId : null, undefined, [roomKey(roomId)]);
  const removed = code === 'room.removed';
  const closed = room.data?.state === 'closed';
  const told = useDoor(roomId, removed || closed);
  const forgiven = removed && told?.removed === false;
  const reopened = closed && !gone && told !== undefined && told.state !== 'closed';
  useEffect(() => {
    if (forgiven || reopened) void cache.invalidateQueries({ queryKey: roomKey(roomId) });
  }, [forgiven, reopened, cache, roomId]);
  const { due, open } = useDue(room.data);
  useTitle(room.data?.title ?? t('title'));
  const outside = standing.at === 'waiting';
  useEffect(() => {
    if (outside || gone || closed) media.client.rest();
  }, [outside, gone, closed, media.client]);
  if (standing.at === 'refused') return <Refused code={standing.code} />;
  // What was shown before one was put out is not shown any longer.
  if (gone) return <Refused code={code} />;
  if (room.isError && !room.data) return <Trouble error={room.error} onRetry={() => void room.refetch()} />;
  if (!room.data) return <SkeletonRows rows={12} />;
  if (room.data.state === 'closed') return <Closed room={room.data} door={told} />;
  if (standing.at === 'left') return <Left room={room.data} onBack={() => door.enter(false)} />;
  if (outside) return <Waiting room={room.data} onLeave={door.leave} />;
  if (inside) {
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
  if (!open) return <Early room={room.data} due={due} />;
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
