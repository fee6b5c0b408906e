import { describe, expect, it } from 'vitest';
import { type MediaSeat, readMessage, type Slot } from './rtcMessages';
import { tilesOf } from './rtcTiles';

const slots: Slot[] = [
  { mid: '0', kind: 'video' },
  { mid: '1', kind: 'video' },
  { mid: '2', kind: 'audio' },
];
const seat = (id: string, ...labels: Array<'camera' | 'mic' | 'screen'>): MediaSeat => ({
  seat: id,
  person_id: id,
  name: id,
  site: '',
  title: '',
  host: false,
  sources: labels.map((label) => ({ source: `${id}-${label}`, label, muted: false })),
  quality: 'good',
});

describe('tiles', () => {
  it('find camera, screen and voice of a seat among the slots, whatever order they come in', () => {
    const [tile] = tilesOf([seat('a', 'camera', 'screen', 'mic')], slots, {
      '1': { seat: 'a', source: 'a-camera', label: 'camera' },
      '0': { seat: 'a', source: 'a-screen', label: 'screen' },
      '2': { seat: 'a', source: 'a-mic', label: 'mic' },
    });
    expect(tile).toMatchObject({ camera: '1', screen: '0', audio: '2' });
  });

  it('show no picture of a camera that is covered, although the slot still belongs to it', () => {
    const muted = seat('a', 'camera', 'mic');
    for (const source of muted.sources) source.muted = source.label === 'camera';
    const [tile] = tilesOf([muted], slots, { '0': { seat: 'a', source: 'x', label: 'camera' } });
    expect(tile).toMatchObject({ camera: null, sends: { camera: false, mic: true, screen: false } });
  });

  it('are there for seats that send nothing and for seats without a slot', () => {
    const tiles = tilesOf([seat('a'), seat('b', 'camera')], slots, { '0': null });
    expect(tiles.map((tile) => tile.camera)).toEqual([null, null]);
    expect(tiles[1]?.sends.camera).toBe(true);
  });

  it('never take a voice for a picture', () => {
    const [tile] = tilesOf([seat('a', 'camera')], slots, {
      '2': { seat: 'a', source: 'x', label: 'camera' },
    });
    expect(tile?.camera).toBeNull();
  });
});

describe('a message of the node', () => {
  it('is read with slots that are named by numbers', () => {
    const text =
      '{"t":"joined","seat":"s","sdp":"v=0","slots":[{"mid":0,"kind":"video"}],"seats":[{"seat":"s"}]}';
    const message = readMessage(text);
    expect(message).toMatchObject({ t: 'joined', slots: [{ mid: '0', kind: 'video' }] });
  });

  it('is passed over when it is unknown, broken or half', () => {
    for (const text of ['', '[]', '{"t":"news"}', '{"t":"muted_by_host","label":"hat"}', '{{'])
      expect(readMessage(text)).toBeNull();
  });

  it('says which slots are free', () => {
    expect(
      readMessage('{"t":"assign","slots":{"0":null,"1":{"seat":"a","source":"x","label":"mic"}}}'),
    ).toEqual({
      t: 'assign',
      slots: { '0': null, '1': { seat: 'a', source: 'x', label: 'mic' } },
    });
  });
});
