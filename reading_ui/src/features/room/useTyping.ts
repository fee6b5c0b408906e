import { useCallback, useEffect, useState } from 'react';
import type { RoomView } from '@/api/rooms';
import type { RoomLine } from '@/live';

const STILL_MS = 3_500;
const AGAIN_MS = 1_500;

/** Who is writing just now, and saying that one is. Whose line has come writes no longer. */
export function useTyping(line: RoomLine | null, chat: RoomView['chat']) {
  const [seats, setSeats] = useState<Readonly<Record<string, number>>>({});
  const [said, setSaid] = useState(0);
  const heard = useCallback((seat: string) => setSeats((all) => ({ ...all, [seat]: Date.now() })), []);
  const last = chat.at(-1);
  useEffect(() => {
    if (!last) return;
    setSeats((all) => Object.fromEntries(Object.entries(all).filter(([seat]) => seat !== last.seat_id)));
  }, [last]);
  const any = Object.keys(seats).length > 0;
  useEffect(() => {
    if (!any) return;
    const timer = setInterval(() => {
      const oldest = Date.now() - STILL_MS;
      setSeats((all) => Object.fromEntries(Object.entries(all).filter(([, at]) => at > oldest)));
    }, 1_000);
    return () => clearInterval(timer);
  }, [any]);
  const typing = useCallback(() => {
    const now = Date.now();
    if (now - said < AGAIN_MS) return;
    setSaid(now);
    line?.say('typing', {});
  }, [line, said]);
  return { typingSeats: Object.keys(seats), heard, typing };
}
