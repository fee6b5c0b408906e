import { get, post } from './client';
import { problemOf } from './problem';
import type { components } from './schema';
import type { Title } from './types';

type Schemas = components['schemas'];
type Narrow<T, N> = Omit<T, keyof N> & N;

/** Rooms as the server tells them, with the closed sets of words named. */
export type RoomSeat = Narrow<
  Schemas['SeatView'],
  {
    title: Title;
    role: 'host' | 'member' | 'guest' | 'supervisor';
    state: 'waiting' | 'in' | 'out' | 'removed';
  }
>;
export type MarkKind = 'arrow' | 'length' | 'ellipse' | 'text' | 'freehand';

/** Drawn on a picture for all to see; points are pixels of the picture from the corner of the first one. */
export type RoomMark = Narrow<
  Schemas['MarkView'],
  { kind: MarkKind; points: ReadonlyArray<readonly [number, number]> }
>;
export type NewMark = Pick<
  RoomMark,
  'study_id' | 'series_uid' | 'sop_uid' | 'frame' | 'kind' | 'points' | 'text'
>;
export type RoomView = Narrow<
  Schemas['RoomView'],
  {
    kind: 'consultation' | 'meeting';
    state: 'waiting' | 'open' | 'closed';
    recording: Narrow<Schemas['RecordingNow'], { state: 'off' | 'asking' | 'on' }>;
    seats: RoomSeat[];
    marks: RoomMark[];
  }
>;
export type RoomDoor = Narrow<Schemas['DoorView'], { state: RoomView['state'] }>;
export type Admission = Schemas['Admission'];
export type CallTest = Schemas['CallTest'];
export type Recording = Schemas['RecordingView'];
export type RecordedTrack = Schemas['Track'];

const at = (id: string, verb = '') => `/api/rooms/${encodeURIComponent(id)}${verb && `/${verb}`}`;

export const roomKey = (id: string) => ['room', id] as const;
export const room = (id: string, signal?: AbortSignal) => get<RoomView>(at(id), undefined, { signal });
export const doorKey = (id: string) => ['room-door', id] as const;
/** What stands on the door: asking is no visit, so who was shown out may ask too. */
export const door = (id: string, signal?: AbortSignal) =>
  get<RoomDoor>(at(id, 'door'), undefined, { signal });
export const reopenRoom = (id: string) => post<unknown>(at(id, 'reopen'));
export const admit = (id: string, consent: boolean, signal?: AbortSignal) =>
  post<Admission>(at(id, 'admit'), { consent }, { signal });
export const leaveRoom = (id: string) => post<unknown>(at(id, 'leave'));
export const letIn = (id: string, seat: string) => post<unknown>(at(id, 'let_in'), { seat });
export const removeSeat = (id: string, seat: string) => post<unknown>(at(id, 'remove'), { seat });
export const givePresenter = (id: string, seat: string) => post<unknown>(at(id, 'presenter'), { seat });
export const raiseHand = (id: string, up: boolean) => post<unknown>(at(id, 'hand'), { up });
export const closeRoom = (id: string) => post<unknown>(at(id, 'close'));
/** `line`: its name, so that sent again it is written once; `item`: the case that was before the meeting, empty for none. */
export const sayInRoom = (id: string, text: string, line: string, item: string, signal?: AbortSignal) =>
  post<unknown>(at(id, 'chat'), { text, id: line, item_id: item }, { signal });
export const drawMark = (id: string, mark: NewMark) => post<unknown>(at(id, 'marks'), mark);
export const eraseMark = (id: string, mark: string) =>
  post<unknown>(at(id, `marks/${encodeURIComponent(mark)}/remove`));
export const consent = (id: string, yes: boolean) => post<unknown>(at(id, 'consent'), { yes });
export const record = (id: string, on: boolean) => post<unknown>(at(id, 'recording'), { on });
export const recording = (id: string, kept: string, signal?: AbortSignal) =>
  get<Recording>(at(id, `recordings/${encodeURIComponent(kept)}`), undefined, { signal });

/** One stream of a recording, whole. @throws {Problem} when it may not be played or is gone. */
export async function recordedBytes(url: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(url, { credentials: 'same-origin', signal });
  if (!response.ok) throw await problemOf(response);
  return response.blob();
}

export const callTest = () => post<CallTest>('/api/call-test');
