import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import * as rooms from '@/api/rooms';
import { MediaClient, type MediaState, type Ticket } from '@/live/rtc';

const ticketOf = (admission: rooms.Admission): Ticket => ({
  ticket: admission.ticket,
  url: admission.media_url,
  reason: admission.media_reason,
  iceServers: admission.ice_servers,
});

const FRESH_MS = 20_000;

export interface Media {
  client: MediaClient;
  /** The admission in hand carries the first ticket: no need to ask again for it. */
  admitted: (admission: rooms.Admission) => void;
}

/** One media client for one page of a room; closed with it. */
export function useMedia(roomId: string): Media | null {
  const [media, setMedia] = useState<Media | null>(null);
  const first = useRef<{ ticket: Ticket; until: number } | null>(null);
  useEffect(() => {
    const client = new MediaClient(async () => {
      const held = first.current;
      first.current = null;
      if (held && performance.now() < held.until) return held.ticket;
      return ticketOf(await rooms.admit(roomId, false, AbortSignal.timeout(4_000)));
    });
    setMedia({
      client,
      admitted: (admission) => {
        first.current = { ticket: ticketOf(admission), until: performance.now() + FRESH_MS };
      },
    });
    return () => {
      setMedia(null);
      client.close();
    };
  }, [roomId]);
  return media;
}

export const useMediaState = <P>(client: MediaClient, part: (state: MediaState) => P): P =>
  useStore(client.store, part);
