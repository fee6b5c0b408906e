import { oncePer } from '@/lib/throttle';
import type { LiveFact } from './follow';
import { followSubject, onWhisper, type Whisper, whisper } from './socket';

export type WhisperKind = 'pointer' | 'typing' | 'view';

export interface RoomEvents {
  /** In the room now, or again after a break. `view`: what everybody sees at present, if anything. */
  joined(view: unknown): void;
  /** Not let in, by this code. */
  refused(code: string): void;
  /** What the room is made of has changed. */
  fact(fact: LiveFact): void;
  /** Something may have been missed. */
  gap(): void;
  whisper(seat: string, kind: WhisperKind, body: unknown): void;
}

/** Thirty a second look like a movement; the server takes sixty. */
const WHISPER_MS = 33;
const KINDS: readonly WhisperKind[] = ['pointer', 'typing', 'view'];

export interface RoomLine {
  /** The latest of each kind is said at once, then at most thirty times a second; what it overtakes is not said. */
  say(kind: WhisperKind, body: unknown): void;
  leave(): void;
}

/** Follows one room over the live line; comes back by itself after a break. */
export function joinRoom(id: string, happen: RoomEvents): RoomLine {
  const latest = new Map<WhisperKind, unknown>();
  const send = (kind: WhisperKind) =>
    oncePer(WHISPER_MS, () => {
      whisper({ room: id, kind, body: latest.get(kind) });
      return undefined;
    });
  const senders: Record<WhisperKind, () => void> = {
    pointer: send('pointer'),
    typing: send('typing'),
    view: send('view'),
  };
  const hear = ({ room, kind, body, seat }: Whisper) => {
    const known = KINDS.find((one) => one === kind);
    if (room === id && known && seat) happen.whisper(seat, known, body);
  };
  const stops = [
    onWhisper(hear),
    followSubject('room', id, {
      gap: happen.gap,
      fact: happen.fact,
      joined: (said) => (said.ok ? happen.joined(said.view ?? null) : happen.refused(said.code ?? '')),
    }),
  ];
  return {
    say(kind, body) {
      latest.set(kind, body);
      senders[kind]();
    },
    leave() {
      for (const stop of stops) stop();
    },
  };
}
