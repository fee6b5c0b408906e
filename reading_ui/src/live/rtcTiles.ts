import type { Assignment, Label, Level, MediaSeat, Slot } from './rtcMessages';

/** One seat as the strip shows it: what runs where. `null` mids: the node forwards nothing of it at present. */
export interface Tile {
  seat: string;
  /** Slot of the subscribe connection that carries it; the own seat has none. */
  camera: string | null;
  screen: string | null;
  audio: string | null;
  /** Published and not muted by the sender. */
  sends: Record<Label, boolean>;
  quality: Level | null;
}

const sends = (seat: MediaSeat, label: Label): boolean =>
  seat.sources.some((source) => source.label === label && !source.muted);

/** Which slot belongs to which seat. Slots of seats that have left, and of a kind that does not fit, are nobody's. */
export function tilesOf(seats: readonly MediaSeat[], slots: readonly Slot[], assigned: Assignment): Tile[] {
  const kinds = new Map(slots.map((slot) => [slot.mid, slot.kind]));
  const find = (seat: string, label: Label): string | null => {
    const kind = label === 'mic' ? 'audio' : 'video';
    const found = Object.entries(assigned).find(
      ([mid, what]) => what?.seat === seat && what.label === label && kinds.get(mid) === kind,
    );
    return found?.[0] ?? null;
  };
  return seats.map((seat) => ({
    seat: seat.seat,
    camera: sends(seat, 'camera') ? find(seat.seat, 'camera') : null,
    screen: sends(seat, 'screen') ? find(seat.seat, 'screen') : null,
    audio: find(seat.seat, 'mic'),
    sends: { camera: sends(seat, 'camera'), mic: sends(seat, 'mic'), screen: sends(seat, 'screen') },
    quality: seat.quality,
  }));
}
