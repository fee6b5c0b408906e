import { describe, expect, it } from 'vitest';
import type { RoomSeat, RoomView } from '@/api/rooms';
import type { Tile } from '@/live/rtc';
import { cardsOf, consentOf, handsOf, heldOf, standingOf, waitingOf } from './people';

const seat = (id: string, change: Partial<RoomSeat> = {}): RoomSeat => ({
  id,
  person_id: `p-${id}`,
  name: id,
  site: null,
  title: 'attending',
  role: 'member',
  state: 'in',
  hand_at: null,
  held: false,
  joined_at: `2026-11-21T06:00:0${id.length}Z`,
  ...change,
});
const tile = (id: string): Tile => ({
  seat: id,
  camera: null,
  screen: null,
  audio: null,
  sends: { camera: false, mic: true, screen: false },
  quality: 'good',
});
const room = (seats: RoomSeat[], change: Partial<RoomView> = {}): RoomView => ({
  id: 'r',
  version: 1,
  kind: 'consultation',
  subject_id: 's',
  case_id: null,
  number: '',
  title: '',
  state: 'open',
  opens_at: '',
  opened_at: null,
  closed_at: null,
  presenter_seat_id: null,
  my_seat_id: 'a',
  recording: { id: null, state: 'off', started_by: null, consented: null },
  recordings: [],
  consents: [],
  host_site_id: '',
  my_role: 'member',
  verbs: [],
  patient: null,
  item_id: null,
  site: { id: '', name: '' },
  question: '',
  signed: null,
  summary: '',
  studies: [],
  files: [],
  seats,
  chat: [],
  marks: [],
  ...change,
});

describe('the strip of seats', () => {
  it('shows who is in: the presenter first, then oneself, then as they came', () => {
    const there = room([seat('ccc'), seat('a'), seat('dd'), seat('b', { state: 'waiting' })], {
      presenter_seat_id: 'ccc',
    });
    const cards = cardsOf(there, { tiles: [], speaking: ['dd'], joined: true });
    expect(cards.map((card) => card.seat.id)).toEqual(['ccc', 'a', 'dd']);
    expect(cards.map((card) => card.speaking)).toEqual([false, false, true]);
    expect(waitingOf(there).map((one) => one.id)).toEqual(['b']);
    const later = room([seat('a'), seat('b', { state: 'waiting', held: true })]);
    expect([waitingOf(later), heldOf(later).map((one) => one.id)]).toEqual([[], ['b']]);
  });

  it('marks who is there without media, and claims nothing of others while one has none oneself', () => {
    const there = room([seat('a'), seat('bb'), seat('ccc')]);
    const joined = cardsOf(there, { tiles: [tile('a'), tile('bb')], speaking: [], joined: true });
    expect(joined.map((card) => card.imagesOnly)).toEqual([false, false, true]);
    const alone = cardsOf(there, { tiles: [], speaking: [], joined: false });
    expect(alone.map((card) => card.imagesOnly)).toEqual([true, false, false]);
  });

  it('puts raised hands in their order', () => {
    const there = room([seat('a', { hand_at: '2' }), seat('bb', { hand_at: '1' }), seat('ccc')]);
    expect(handsOf(there).map((one) => one.id)).toEqual(['bb', 'a']);
  });
});

describe('consent to being recorded', () => {
  it('counts those who are in, names who is asked still, and who said no', () => {
    const there = room([seat('a'), seat('bb'), seat('ccc'), seat('dd', { state: 'out' })], {
      consents: [
        { seat_id: 'a', yes: true },
        { seat_id: 'bb', yes: false },
        { seat_id: 'dd', yes: true },
      ],
    });
    expect(consentOf(there)).toEqual({ here: 3, agreed: 1, open: ['ccc'], refused: ['bb'] });
  });
});

describe('the presenter’s token', () => {
  it('is taken by anybody while nobody who is there has it', () => {
    expect(standingOf(room([seat('a')])).mayTake).toBe(true);
    const gone = room([seat('a'), seat('bb', { state: 'out' })], { presenter_seat_id: 'bb' });
    expect(standingOf(gone).mayTake).toBe(true);
  });

  it('is asked for otherwise, and given by whoever has it or leads the room', () => {
    const held = room([seat('a'), seat('bb')], { presenter_seat_id: 'bb' });
    expect(standingOf(held)).toMatchObject({ mayTake: false, mayGive: false, presenter: false });
    expect(standingOf({ ...held, my_seat_id: 'bb' })).toMatchObject({ mayGive: true, presenter: true });
    const led = room([seat('a', { role: 'host' }), seat('bb')], { presenter_seat_id: 'bb' });
    expect(standingOf(led)).toMatchObject({ mayTake: true, mayGive: true, host: true });
  });
});
