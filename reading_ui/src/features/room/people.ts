import type { RoomSeat, RoomView } from '@/api/rooms';
import type { Tile } from '@/live/rtc';

/** A seat as the strip and the list of members show it: what the server knows, joined to what the media node says. */
export interface Card {
  seat: RoomSeat;
  tile: Tile | null;
  own: boolean;
  presenter: boolean;
  /** In the room without media: sees and steers images, is neither heard nor seen. */
  imagesOnly: boolean;
  speaking: boolean;
}

interface Live {
  tiles: readonly Tile[];
  speaking: readonly string[];
  /** The own seat takes part in the call. */
  joined: boolean;
}

/** Who is in, the presenter first, then oneself, then as they came. */
export function cardsOf(room: RoomView, { tiles, speaking, joined }: Live): Card[] {
  const rank = (card: Card) => (card.presenter ? 0 : card.own ? 1 : 2);
  return room.seats
    .filter((seat) => seat.state === 'in')
    .map((seat): Card => {
      const tile = tiles.find((one) => one.seat === seat.id) ?? null;
      const own = seat.id === room.my_seat_id;
      return {
        seat,
        tile,
        own,
        presenter: seat.id === room.presenter_seat_id,
        // While we have no media ourselves we cannot know who has.
        imagesOnly: own ? !joined : joined && tile === null,
        speaking: speaking.includes(seat.id),
      };
    })
    .toSorted((a, b) => rank(a) - rank(b) || (a.seat.joined_at ?? '').localeCompare(b.seat.joined_at ?? ''));
}

/** Who knocks: a host is asked about them. */
export const waitingOf = (room: RoomView): RoomSeat[] =>
  room.seats.filter((seat) => seat.state === 'waiting' && !seat.held);

/** Who was let in and waits for the own case to be discussed: they come in by themselves. */
export const heldOf = (room: RoomView): RoomSeat[] =>
  room.seats.filter((seat) => seat.state === 'waiting' && seat.held);

/** Raised hands, the first one first. */
export const handsOf = (room: RoomView): RoomSeat[] =>
  room.seats
    .filter((seat) => seat.state === 'in' && seat.hand_at !== null)
    .toSorted((a, b) => (a.hand_at ?? '').localeCompare(b.hand_at ?? ''));

/** Who of those in the room agreed to be recorded, and who said no (also those who have left since). */
export function consentOf({ seats, consents }: Pick<RoomView, 'seats' | 'consents'>) {
  const inside = seats.filter((seat) => seat.state === 'in');
  const said = new Map(consents.map(({ seat_id: seat, yes }) => [seat, yes]));
  return {
    here: inside.length,
    agreed: inside.filter((seat) => said.get(seat.id) === true).length,
    open: inside.filter((seat) => !said.has(seat.id)).map((seat) => seat.name),
    refused: seats.filter((seat) => said.get(seat.id) === false).map((seat) => seat.name),
  };
}

export interface Standing {
  host: boolean;
  presenter: boolean;
  /** May take the presenter's token without asking: nobody has it, or one leads the room. */
  mayTake: boolean;
  /** May give it to others. */
  mayGive: boolean;
  handUp: boolean;
}

export function standingOf(room: RoomView): Standing {
  const mine = room.seats.find((seat) => seat.id === room.my_seat_id);
  const there = room.seats.some((seat) => seat.id === room.presenter_seat_id && seat.state === 'in');
  const host = mine?.role === 'host';
  const presenter = mine !== undefined && mine.id === room.presenter_seat_id;
  return {
    host,
    presenter,
    mayTake: !presenter && (host || !there),
    mayGive: host || presenter,
    handUp: mine?.hand_at != null,
  };
}
