import type { StackViewport } from '@cornerstonejs/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { forgetHeaders, headerFor, learn } from './headers';
import { rangeOf } from './presets';
import { stacksOf } from './stacks';
import { Voi } from './voi';

const instance = {
  sop_uid: 'a',
  sop_class: '1',
  transfer_syntax: '1',
  number: 1,
  frames: 1,
  rows: 8,
  columns: 8,
};
const series = {
  series_uid: '9.1',
  number: 1,
  description: '',
  modality: 'CT',
  kind: 'images',
  thumb: '',
  instances: [instance],
} as const;
const stacks = stacksOf(
  { version: 1, study_uid: '1.2', dicomweb: '/w', series: [{ ...series, instances: [instance] }] },
  'http://x',
);
const v = (vr: string, ...Value: unknown[]) => ({ vr, Value });
const slice = {
  '00080018': v('UI', 'a'),
  '00280004': v('CS', 'MONOCHROME2'),
  '00281050': v('DS', 40),
  '00281051': v('DS', 400),
};

afterEach(() => {
  vi.unstubAllGlobals();
  forgetHeaders();
});

describe('a window', () => {
  it('is held from the first picture of a stack on, for which the library has none yet', async () => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify([slice])));
    const [stack] = stacks;
    const imageId = stack?.frames[0]?.imageId ?? '';
    if (!stack) throw new Error('no stack');
    await learn('/w', stack);
    const header = headerFor(imageId);
    if (!header) throw new Error('no header');
    const setProperties = vi.fn();
    const viewport = {
      getProperties: () => ({ voiRange: null, invert: false }),
      setProperties,
      render: vi.fn(),
    } as unknown as StackViewport;

    new Voi().hold(viewport, header, imageId, stack, 'gpu');

    const range = rangeOf({ center: 40, width: 400 }, undefined);
    expect(setProperties).toHaveBeenCalledWith({ voiRange: range, invert: false }, true);
  });
});
