import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '@/api/problem';
import * as rooms from '@/api/rooms';
import { sayProblem } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import { isIn, wasIn } from './devicePrefs';

/** Where one stands: before the door, knocking, waiting to be let in, inside, gone again, or sent away. */
export type Standing =
  | { at: 'lobby' }
  | { at: 'entering' }
  | { at: 'recorded' }
  | { at: 'waiting' }
  | { at: 'in'; seatId: string }
  | { at: 'left' }
  | { at: 'refused'; code: string };

const KNOCK_MS = 3_000;
const SENT_AWAY: ReadonlySet<string> = new Set(['room.removed', 'room.absent', 'permit.refused']);

export interface Door {
  standing: Standing;
  enter: (consent: boolean) => void;
  leave: () => void;
}

/** Comes in, waits for the host, comes back after a reload. */
export function useAdmission(
  room: rooms.RoomView | undefined,
  /** When the room was last heard of. */
  heardAt: number,
  /** Nothing of the room may be seen any more: put out, or no longer asked about the case. */
  gone: boolean,
  roomId: string,
  onAdmitted: (admission: rooms.Admission) => void,
): Door {
  const cache = useQueryClient();
  const { t } = useTranslation('room');
  const [standing, setStanding] = useState<Standing>({ at: 'lobby' });
  const cameAt = useRef(0);
  const tell = useRef(onAdmitted);
  tell.current = onAdmitted;

  const knock = useCallback(
    async (consent: boolean) => {
      try {
        const admission = await rooms.admit(roomId, consent);
        if (!admission.waiting) {
          isIn(roomId);
          cameAt.current = Date.now();
          tell.current(admission);
        }
        setStanding(admission.waiting ? { at: 'waiting' } : { at: 'in', seatId: admission.seat_id });
      } catch (error) {
        const { code } = asProblem(error);
        if (code === 'room.recorded') setStanding({ at: 'recorded' });
        else if (SENT_AWAY.has(code)) setStanding({ at: 'refused', code });
        else {
          setStanding((now) => (now.at === 'waiting' ? now : { at: 'lobby' }));
          if (code !== 'room.not_open' && code !== 'room.closed') sayProblem(error);
        }
      } finally {
        void cache.invalidateQueries({ queryKey: rooms.roomKey(roomId) });
      }
    },
    [cache, roomId],
  );

  const enter = useCallback(
    (consent: boolean) => {
      setStanding({ at: 'entering' });
      void knock(consent);
    },
    [knock],
  );

  const leave = useCallback(() => {
    isIn(null);
    setStanding({ at: 'left' });
    void rooms.leaveRoom(roomId).catch(() => undefined);
  }, [roomId]);

  const known = room !== undefined;
  const returning = useRef(wasIn(roomId));
  useEffect(() => {
    if (!known || !returning.current) return;
    returning.current = false;
    enter(false);
  }, [known, enter]);

  // The host opens the door with a fact; knocking again now and then is for a line without them.
  const seat = room?.seats.find((one) => one.id === room.my_seat_id);
  const mine = seat?.state;
  const waiting = standing.at === 'waiting';
  const wasHeld = useRef(false);
  if (seat?.held) wasHeld.current = true;
  useEffect(() => {
    if (!waiting) return;
    if (mine === 'in') {
      if (wasHeld.current) toast(t('door.backIn'), { about: roomId });
      wasHeld.current = false;
      void knock(false);
    }
    const timer = setInterval(() => void knock(false), KNOCK_MS);
    return () => clearInterval(timer);
  }, [waiting, mine, knock, t, roomId]);

  // Put out while inside. Whom the host lets in again stands before the door.
  useEffect(() => {
    if (!gone) return;
    isIn(null);
    setStanding({ at: 'lobby' });
  }, [gone]);

  // A room that is opened again is entered again, through the door.
  const closed = room?.state === 'closed';
  useEffect(() => {
    if (!closed) return;
    isIn(null);
    setStanding((now) => (now.at === 'left' ? now : { at: 'lobby' }));
  }, [closed]);

  const inside = standing.at === 'in';
  // Another hospital's case is before the meeting: a guest waits outside. What was heard before one came in says nothing.
  const held = inside && mine === 'waiting' && heardAt > cameAt.current;
  useEffect(() => {
    if (held) setStanding({ at: 'waiting' });
  }, [held]);

  return { standing, enter, leave };
}
