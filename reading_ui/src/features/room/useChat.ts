import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import * as rooms from '@/api/rooms';
import { useSession } from '@/api/session';
import { useConnection } from '@/live';
import { again, deliver, forget, restore, seen, useOutbox, type Waiting, write } from './outbox';

/** How often what waits is tried while nobody says that the line is back. */
const AGAIN_MS = 4_000;
const PATIENCE_MS = 10_000;

export interface Outgoing {
  lines: readonly Waiting[];
  say(text: string): void;
  again(id: string): void;
  forget(id: string): void;
}

/** What one writes goes out by itself, in order, and stays here until the room shows it; while the line is down it waits, over a
 *  reload of the page too. */
export function useChat(room: rooms.RoomView): Outgoing {
  const cache = useQueryClient();
  const person = useSession((session) => session.me?.person.id ?? '');
  const line = useConnection((connection) => connection.state);
  const all = useOutbox((box) => box.lines);
  const { id, chat } = room;
  const item = room.item_id ?? '';
  const lines = all.filter((one) => one.room === id && one.person === person);
  const waits = lines.some(({ phase }) => phase === 'waiting');
  const send = useCallback(async () => {
    const signal = () => AbortSignal.timeout(PATIENCE_MS);
    await deliver(id, person, (one) => rooms.sayInRoom(one.room, one.text, one.id, one.item, signal()));
    void cache.invalidateQueries({ queryKey: rooms.roomKey(id) });
  }, [cache, id, person]);
  useEffect(() => restore(id, person), [id, person]);
  useEffect(() => seen(new Set(chat.map((one) => one.id))), [chat]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a line that is back is what to send on
  useEffect(() => {
    if (!waits) return;
    void send();
    const timer = setInterval(() => void send(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [waits, send, line]);
  return {
    lines: lines.filter((one) => !chat.some((known) => known.id === one.id)),
    say: (text) => write(id, person, item, text),
    again: (lineId) => again(lineId, item),
    forget,
  };
}
