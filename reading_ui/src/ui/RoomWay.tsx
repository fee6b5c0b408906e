import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { asProblem } from '@/api/problem';
import * as rooms from '@/api/rooms';
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

/**
 * The way into a room from the page of what it is for. A room that a host has ended is not offered as if people sat in it: a host is
 * offered to open it again, everybody else is told that only a host can.
 */
export function RoomWay({ roomId, kind, subjectId, enter, next }: Props) {
  const { t } = useTranslation('ui');
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [busy, setBusy] = useState(false);
  const door = useQuery({
    queryKey: rooms.doorKey(roomId),
    queryFn: ({ signal }) => rooms.door(roomId, signal),
    staleTime: 0,
    retry: (count, error) => asProblem(error).passing && count < 3,
  }).data;
  useLiveSubject(kind, subjectId, undefined, [rooms.doorKey(roomId)]);
  const go = () => navigate(`/rooms/${roomId}`);
  if (door?.state !== 'closed') {
    return (
      <Button tone={next ? 'next' : 'plain'} icon="right" onClick={go}>
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
