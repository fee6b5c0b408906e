import { describe, expect, it } from 'vitest';
import { locate, readSharedView, type SharedPane } from './sharedView';
import type { Stack } from './stacks';

const pane: SharedPane = {
  series_uid: '1.2',
  sop_uid: '1.2.3',
  frame: 1,
  slice: 7,
  window: { center: 40, width: 400 },
  preset: 'mediastinum',
  zoom: 2,
  pan: [100, 120],
  span: [225, 125],
  rotation: 90,
  flip_h: true,
  invert: false,
  ecg: null,
};

const stack = (id: string, seriesUid: string, uids: string[]): Stack => ({
  id,
  seriesUid,
  kind: 'images',
  number: 1,
  description: '',
  modality: 'CT',
  thumb: null,
  frames: uids.map((sopUid) => ({
    sopUid,
    frame: 1,
    imageId: sopUid,
    instanceNumber: 1,
    problem: null,
    rendition: false,
    preview: null,
  })),
  multiframe: false,
  sopUid: uids[0] ?? '',
  sopClass: '',
  sopClassName: '',
  problems: 0,
  damaged: 0,
  geometry: null,
  window: null,
});

describe('a view that another browser told', () => {
  it('comes back as it was after a way over the wire', () => {
    const view = { layout: '1x2' as const, active: 1, panes: [pane, null] };
    expect(readSharedView(JSON.parse(JSON.stringify(view)))).toEqual(view);
  });

  it('is no view when it has no layout or no panes', () => {
    for (const body of [null, 7, 'x', [], {}, { layout: '9x9', panes: [] }, { layout: '1x1' }])
      expect(readSharedView(body)).toBeNull();
  });

  it('says what its window is called, and nothing that no window is called', () => {
    const told = (preset: unknown) =>
      readSharedView({ layout: '1x1', active: 0, panes: [{ ...pane, preset }] })?.panes[0]?.preset;
    expect(told('lung')).toBe('lung');
    for (const odd of [undefined, null, 'x-ray', 3]) expect(told(odd)).toBeNull();
  });

  it('is taken only as far as it makes sense', () => {
    const odd = { ...pane, zoom: 'x', pan: [1], window: { center: 'a', width: -5 }, slice: -3, flip_h: 1 };
    const read = readSharedView({ layout: '1x1', active: 9, panes: [odd, pane, pane] });
    expect(read?.active).toBe(0);
    expect(read?.panes).toHaveLength(1);
    expect(read?.panes[0]).toMatchObject({ zoom: 1, window: null, slice: 0, flip_h: false });
    expect(read?.panes[0]?.pan.every(Number.isNaN)).toBe(true);
  });
});

describe('a shared picture', () => {
  const stacks = [
    stack('a', '1.1', ['x']),
    stack('b', '1.2', ['1.2.1', '1.2.2']),
    stack('b#2', '1.2', ['1.2.3']),
  ];

  it('is found by its own name, in whichever stack it has come to lie', () => {
    expect(locate(stacks, pane)).toEqual({ stack: stacks[2], index: 0 });
  });

  it('is found by its place when its name is not known here', () => {
    expect(locate(stacks, { ...pane, sop_uid: 'other' })).toEqual({ stack: stacks[1], index: 1 });
  });

  it('is not invented when the series is not there', () => {
    expect(locate(stacks, { ...pane, series_uid: 'none' })).toBeNull();
  });
});
