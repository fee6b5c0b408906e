import { create } from 'zustand';
import { asProblem, Problem } from '@/api/problem';
import { keepWords, keptWords } from '@/lib/kept';

/** A line that the server has not shown in the room yet. `id` names it, so that sent twice it is written once. */
export interface Waiting {
  id: string;
  room: string;
  person: string;
  /** The case that was before the meeting when it was written, empty for none. */
  item: string;
  text: string;
  /** `said`: the server has it; it goes when the room shows it. `refused`: somebody must decide. */
  phase: 'waiting' | 'said' | 'refused';
  problem?: Problem;
}

export type Send = (line: Waiting) => Promise<unknown>;

interface Outbox {
  lines: readonly Waiting[];
}

/** What was written and not told yet, in the order in which it was written. It outlives a reload of this window. */
export const useOutbox = create<Outbox>()(() => ({ lines: [] }));

const place = (room: string): string => `room.${room}`;
const ofRoom = (lines: readonly Waiting[], room: string, person: string): readonly Waiting[] =>
  lines.filter((line) => line.room === room && line.person === person);

/** What the server has is in the room; the rest is kept for this room and person, and forgotten when nothing is left. */
function keep(lines: readonly Waiting[], { room, person }: Waiting): void {
  const rest = ofRoom(lines, room, person).filter(({ phase }) => phase !== 'said');
  keepWords(person, place(room), rest.length > 0 ? rest : null);
}

const set = (change: (lines: readonly Waiting[]) => readonly Waiting[]): void => {
  const before = useOutbox.getState().lines;
  const lines = change(before);
  useOutbox.setState({ lines });
  for (const line of [...before, ...lines]) keep(lines, line);
};

const put = (id: string, change: Partial<Waiting>): void =>
  set((lines) => lines.map((line) => (line.id === id ? { ...line, ...change } : line)));

/** 32 hexadecimal digits; works on pages without HTTPS too. */
export function lineId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What was kept of this room before the page was loaded anew stands there again, each line once. */
export function restore(room: string, person: string): void {
  const kept = keptWords(person, place(room));
  if (!Array.isArray(kept)) return;
  const known = new Set(useOutbox.getState().lines.map(({ id }) => id));
  const found = kept.map(lineOf).filter((line) => line !== null && !known.has(line.id)) as Waiting[];
  if (found.length > 0) set((lines) => [...ofRoom(found, room, person), ...lines]);
}

function lineOf(value: unknown): Waiting | null {
  if (typeof value !== 'object' || value === null) return null;
  const { problem, ...words } = value as Waiting;
  const texts = [words.id, words.room, words.person, words.item, words.text];
  if (texts.some((text) => typeof text !== 'string')) return null;
  if (words.phase !== 'refused') return { ...words, phase: 'waiting' };
  const { status = 0, code = 'client.unexpected', detail = '', params = {} } = problem ?? {};
  return { ...words, problem: new Problem(status, code, detail, params) };
}

/** The room is over: what was not told is told to nobody any more, and stays to be read as long as this page is open. */
export function over(room: string, person: string): void {
  keepWords(person, place(room), null);
}

export function write(room: string, person: string, item: string, text: string): void {
  // Nobody else's words are left in this window.
  set((lines) => [
    ...lines.filter((line) => line.person === person),
    { id: lineId(), room, person, item, text, phase: 'waiting' },
  ]);
}

export const forget = (id: string): void => set((lines) => lines.filter((line) => line.id !== id));

/** What the room shows by now waits no longer. */
export function seen(ids: ReadonlySet<string>): void {
  if (useOutbox.getState().lines.some((line) => ids.has(line.id)))
    set((lines) => lines.filter((line) => !ids.has(line.id)));
}

/** Send what was refused once more, to the case that is before the meeting now, after what waits. */
export function again(id: string, item: string): void {
  set((lines) => {
    const line = lines.find((one) => one.id === id);
    if (!line) return lines;
    const { problem: _, ...kept } = line;
    return [...lines.filter((one) => one.id !== id), { ...kept, id: lineId(), item, phase: 'waiting' }];
  });
}

/** Nothing was decided: nobody there, signed out for a moment, or the seat is still being taken again. */
const passing = ({ passing: passes, status, code }: Problem): boolean =>
  passes || status === 401 || code === 'room.not_in' || code.startsWith('csrf');

const running = new Set<string>();

/** Sends what waits for this room, one after the other. Stops at the first that does not get through; the rest stays behind it. */
export async function deliver(room: string, person: string, send: Send): Promise<void> {
  if (running.has(room)) return;
  running.add(room);
  try {
    for (;;) {
      const mine = (line: Waiting) => line.room === room && line.person === person;
      const next = useOutbox.getState().lines.find((line) => mine(line) && line.phase === 'waiting');
      if (!next) return;
      try {
        await send(next);
        put(next.id, { phase: 'said' });
      } catch (error) {
        const problem = asProblem(error);
        if (passing(problem)) return;
        put(next.id, { phase: 'refused', problem });
      }
    }
  } finally {
    running.delete(room);
  }
}
