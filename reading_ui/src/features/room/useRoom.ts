import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { asProblem } from '@/api/problem';
import * as rooms from '@/api/rooms';
import { pollEvery, useConnection } from '@/live';
import { sayProblem } from '@/ui/problemText';

const REFUSED: ReadonlySet<string> = new Set(['room.absent', 'room.removed', 'permit.refused']);

/** The room as the server has it: kept true by live news, and asked for by itself while the line is down. */
export function useRoom(id: string) {
  const line = useConnection((connection) => connection.state);
  return useQuery({
    queryKey: rooms.roomKey(id),
    queryFn: ({ signal }) => rooms.room(id, signal),
    // Each look of a stranger is written down: who was refused does not go on asking. Who was shown out asks at the door.
    refetchInterval: ({ state }) =>
      state.error && REFUSED.has(asProblem(state.error).code) ? false : pollEvery(line),
    retry: (count, error) => asProblem(error).passing && count < 3,
  });
}

/** Asks the server for something and says what it refuses; the room is fetched anew either way. */
export function useRoomAct(id: string): (work: () => Promise<unknown>) => Promise<boolean> {
  const cache = useQueryClient();
  return useCallback(
    async (work) => {
      try {
        await work();
        return true;
      } catch (error) {
        sayProblem(error);
        return false;
      } finally {
        void cache.invalidateQueries({ queryKey: rooms.roomKey(id) });
      }
    },
    [cache, id],
  );
}
