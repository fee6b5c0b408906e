import type { DeviceWhy } from './rtcDevices';
import type { Assignment, Label, Level, MediaSeat, Slot } from './rtcMessages';
import type { MediaWhy, Phase } from './rtcPhase';
import { type Tile, tilesOf } from './rtcTiles';

/** How much of a call this seat takes part in. `images`: the shared viewport alone, over the live line. */
export type Mode = 'video' | 'audio' | 'images';

export interface OwnDevice {
  state: 'off' | 'starting' | 'on' | 'blocked';
  why: DeviceWhy | null;
  /** What is sent, for the own tile. */
  track: MediaStreamTrack | null;
}

export interface MediaState {
  phase: Phase;
  why: MediaWhy | null;
  tries: number;
  mode: Mode;
  seat: string | null;
  seats: readonly MediaSeat[];
  tiles: readonly Tile[];
  speaking: readonly string[];
  /** Quality of the own connection. */
  quality: Level | null;
  own: Readonly<Record<Label, OwnDevice>>;
  /** The host has muted this; stays until the person switches it on. */
  mutedByHost: Label | null;
  /** The node is short of time: pictures are held back, voices go on. */
  shedding: boolean;
  /** A number that changes whenever streams have: their objects are asked for by mid. */
  streams: number;
}

export const NO_DEVICE: OwnDevice = { state: 'off', why: null, track: null };

export const START: MediaState = {
  phase: 'off',
  why: null,
  tries: 0,
  mode: 'video',
  seat: null,
  seats: [],
  tiles: [],
  speaking: [],
  quality: null,
  own: { camera: NO_DEVICE, mic: NO_DEVICE, screen: NO_DEVICE },
  mutedByHost: null,
  shedding: false,
  streams: 0,
};

/** What the node last said of seats and slots. */
export interface Roster {
  seats: readonly MediaSeat[];
  slots: readonly Slot[];
  assigned: Assignment;
}

export const NOBODY: Roster = { seats: [], slots: [], assigned: {} };

export const seated = ({ seats, slots, assigned }: Roster): Pick<MediaState, 'seats' | 'tiles'> => ({
  seats,
  tiles: tilesOf(seats, slots, assigned),
});
