import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import * as rooms from '@/api/rooms';
import { dueHere, watchDue } from './doorClock';

const ASK_MS = 4_000;

/** What stands on the door, asked for every few seconds: also by who was shown out, whom no live news reaches. */
export function useDoor(roomId: string, enabled: boolean): rooms.RoomDoor | undefined {
  const found = useQuery({
    queryKey: rooms.doorKey(roomId),
    queryFn: ({ signal }) => rooms.door(roomId, signal),
    enabled,
    refetchInterval: ASK_MS,
    refetchIntervalInBackground: true,
    staleTime: 0,
  });
  return enabled ? found.data : undefined;
}

const CLOCK_MS = 20_000;

/** When the door opens on this browser's clock; until the server has said its time, as if both clocks were the same. */
export function useDue(room: rooms.RoomView | undefined): { due: number; open: boolean } {
  const [, again] = useState(0);
  const waiting = room?.state === 'waiting';
  const clock = useQuery({
    queryKey: [...rooms.doorKey(room?.id ?? ''), 'clock'],
    queryFn: async ({ signal }) => {
      const { opens_at: opensAt, now } = await rooms.door(room?.id ?? '', signal);
      return dueHere(opensAt, now, Date.now());
    },
    enabled: waiting,
    refetchInterval: ({ state }) => (state.data !== undefined && Date.now() >= state.data ? false : CLOCK_MS),
    staleTime: 0,
  });
  const due = clock.data ?? Date.parse(room?.opens_at ?? '');
  const open = !waiting || Date.now() >= due;
  useEffect(() => (open ? undefined : watchDue(due, () => again((n) => n + 1))), [open, due]);
  return { due, open };
}
