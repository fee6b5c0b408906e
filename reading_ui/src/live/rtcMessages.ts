/** What is said between a browser and a media node over its WebSocket: JSON objects told apart by `t`. */

export type Label = 'camera' | 'mic' | 'screen';
export type Level = 'good' | 'fair' | 'poor';

export interface MediaSource {
  source: string;
  label: Label;
  muted: boolean;
}

export interface MediaSeat {
  seat: string;
  person_id: string;
  name: string;
  site: string;
  title: string;
  host: boolean;
  sources: MediaSource[];
  quality: Level | null;
}

export interface Slot {
  mid: string;
  kind: 'video' | 'audio';
}

/** What runs through a slot of the subscribe connection at present. */
export interface Assigned {
  seat: string;
  source: string;
  label: Label;
}
export type Assignment = Readonly<Record<string, Assigned | null>>;

export type ToNode =
  | { t: 'join'; ticket: string; audio_only: boolean }
  | { t: 'answer'; sdp: string }
  | { t: 'publish'; sdp: string; tracks: Array<{ mid: string; label: Label }> }
  | { t: 'prefs'; video: boolean; pinned: string | null; most_video: number }
  | { t: 'muted'; label: Label; muted: boolean }
  | { t: 'quality'; level: Level }
  | { t: 'mute_seat'; seat: string; label: Label }
  | { t: 'drop_seat'; seat: string }
  | { t: 'ping' }
  | { t: 'bye' };

export type FromNode =
  | { t: 'joined'; seat: string; sdp: string; slots: Slot[]; seats: MediaSeat[]; shedding: boolean }
  | { t: 'published'; sdp: string }
  | { t: 'seats'; seats: MediaSeat[] }
  | { t: 'assign'; slots: Assignment }
  | { t: 'speaking'; seats: string[] }
  | { t: 'muted_by_host'; label: Label }
  | { t: 'restart'; reason: string }
  | { t: 'refused'; code: string }
  | { t: 'shedding'; video: boolean }
  | { t: 'recording'; on: boolean }
  | { t: 'pong' };

type Fields = Record<string, unknown>;
const fields = (found: unknown): Fields | null =>
  typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : null;
const word = (found: unknown): string => (typeof found === 'string' ? found : '');
const list = (found: unknown): unknown[] => (Array.isArray(found) ? found : []);
const each = <T>(found: unknown, read: (one: Fields) => T | null): T[] =>
  list(found).flatMap((one) => {
    const row = fields(one);
    const made = row && read(row);
    return made ? [made] : [];
  });

const LABELS: readonly Label[] = ['camera', 'mic', 'screen'];
const LEVELS: readonly Level[] = ['good', 'fair', 'poor'];
const label = (found: unknown): Label | null => LABELS.find((one) => one === found) ?? null;

/** One message of the node; null for what this version does not know. */
export function readMessage(text: string): FromNode | null {
  let body: Fields | null;
  try {
    body = fields(JSON.parse(text));
  } catch {
    return null;
  }
  const read = body && READERS[word(body.t)];
  return body && read ? read(body) : null;
}

const READERS: Record<string, (body: Fields) => FromNode | null> = {
  joined: (body) => ({
    t: 'joined',
    seat: word(body.seat),
    sdp: word(body.sdp),
    slots: each(body.slots, readSlot),
    seats: each(body.seats, readSeat),
    shedding: body.shedding === true,
  }),
  published: (body) => ({ t: 'published', sdp: word(body.sdp) }),
  seats: (body) => ({ t: 'seats', seats: each(body.seats, readSeat) }),
  assign: (body) => ({ t: 'assign', slots: readAssignment(body.slots) }),
  speaking: (body) => ({
    t: 'speaking',
    seats: list(body.seats).filter((one) => typeof one === 'string'),
  }),
  muted_by_host: (body) => {
    const which = label(body.label);
    return which && { t: 'muted_by_host', label: which };
  },
  restart: (body) => ({ t: 'restart', reason: word(body.reason) }),
  refused: (body) => ({ t: 'refused', code: word(body.code) }),
  shedding: (body) => ({ t: 'shedding', video: body.video === true }),
  recording: (body) => ({ t: 'recording', on: body.on === true }),
  pong: () => ({ t: 'pong' }),
};

function readSlot(row: Fields): Slot | null {
  const mid = typeof row.mid === 'number' ? String(row.mid) : word(row.mid);
  return mid === '' ? null : { mid, kind: row.kind === 'audio' ? 'audio' : 'video' };
}

function readSeat(row: Fields): MediaSeat | null {
  const seat = word(row.seat);
  if (seat === '') return null;
  return {
    seat,
    person_id: word(row.person_id),
    name: word(row.name),
    site: word(row.site),
    title: word(row.title),
    host: row.host === true,
    sources: each(row.sources, (one) => {
      const which = label(one.label);
      return which && { source: word(one.source), label: which, muted: one.muted === true };
    }),
    quality: LEVELS.find((one) => one === row.quality) ?? null,
  };
}

function readAssignment(found: unknown): Assignment {
  const rows = Object.entries(fields(found) ?? {});
  return Object.fromEntries(
    rows.map(([mid, value]): [string, Assigned | null] => {
      const row = fields(value);
      const which = label(row?.label);
      return [mid, row && which ? { seat: word(row.seat), source: word(row.source), label: which } : null];
    }),
  );
}
