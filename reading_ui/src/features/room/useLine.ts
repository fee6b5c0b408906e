import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { roomKey } from '@/api/rooms';
import { oncePer } from '@/lib/throttle';
import { joinRoom, type RoomLine, type WhisperKind } from '@/live';

export interface LineEvents {
  /** What everybody sees at present, told on entering and after every break of the line. */
  joined(view: unknown): void;
  whisper(seat: string, kind: WhisperKind, body: unknown): void;
}

const NEWS_MS = 250;

/** The live line of a room: facts make the room be fetched anew, whispers go on to whoever listens. */
export function useLine(roomId: string, events: LineEvents, enabled: boolean): RoomLine | null {
  const cache = useQueryClient();
  const latest = useRef(events);
  latest.current = events;
  const [line, setLine] = useState<RoomLine | null>(null);
  useEffect(() => {
    if (!enabled) return;
    const refresh = oncePer(NEWS_MS, () => cache.invalidateQueries({ queryKey: roomKey(roomId) }));
    const joined = joinRoom(roomId, {
      joined: (view) => latest.current.joined(view),
      whisper: (...heard) => latest.current.whisper(...heard),
      refused: refresh,
      fact: refresh,
      gap: refresh,
    });
    setLine(joined);
    return () => {
      setLine(null);
      joined.leave();
    };
  }, [cache, roomId, enabled]);
  return line;
}
