import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { asProblem } from '@/api/problem';
import * as rooms from '@/api/rooms';
import { fullTime } from '@/lib/time';
import { useLiveSubject } from '@/live';
import { Button } from './Button';
import { sayProblem } from './problemText';
import styles from './RoomWay.module.css';

interface Props {
  roomId: string;
  /** What the room is for: its news is heard, and its word said. */
  kind: 'consultation' | 'meeting';
  subjectId: string;
  /** The words of the way in. */
  enter: string;
  /** It is the thing to do next. */
  next: boolean;
}

/** How long until the server is asked whether it is open by now: its own clock counts, not this screen's. */
const untilOpen = ({ opens_at: opens, now }: rooms.RoomDoor): number =>
  Math.min(30_000, Math.max(500, Date.parse(opens) - Date.parse(now)));

/**
 * The way into a room from the page of what it is for. No button leads to a shut door: before its time it is said when the room opens,
 * and of one that a host has ended, that a host may open it again.
 */
export function RoomWay({ roomId, kind, subjectId, enter, next }: Props) {
  const { t } = useTranslation('ui');
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [busy, setBusy] = useState(false);
  const found = useQuery({
    queryKey: rooms.doorKey(roomId),
    queryFn: ({ signal }) => rooms.door(roomId, signal),
    staleTime: 0,
    retry: (count, error) => asProblem(error).passing && count < 3,
    refetchInterval: ({ state }) => (state.data?.early ? untilOpen(state.data) : false),
    refetchIntervalInBackground: true,
  });
  const door = found.data;
  useLiveSubject(kind, subjectId, undefined, [rooms.doorKey(roomId)]);
  const go = () => navigate(`/rooms/${roomId}`);
  if (door?.early && door.state !== 'closed') {
    return (
      <span className={styles.ended} data-testid="room-early">
        {t('roomWay.early', { at: fullTime(door.opens_at).slice(5, 16) })}
      </span>
    );
  }
  if (door?.state !== 'closed') {
    return (
      <Button tone={next ? 'next' : 'plain'} icon="right" disabled={found.isPending} onClick={go}>
        {enter}
      </Button>
    );
  }
  const reopen = async () => {
    setBusy(true);
    try {
      await rooms.reopenRoom(roomId);
      go();
    } catch (error) {
      sayProblem(error);
    } finally {
      setBusy(false);
      void cache.invalidateQueries({ queryKey: rooms.doorKey(roomId) });
    }
  };
  return (
    <span className={styles.ended} data-testid="room-ended">
      {t(door.reopens ? 'roomWay.endedMine' : 'roomWay.ended')}
      {door.reopens && (
        <Button busy={busy} onClick={() => void reopen()}>
          {t('roomWay.reopen')}
        </Button>
      )}
    </span>
  );
}
