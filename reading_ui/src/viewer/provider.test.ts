import { afterEach, describe, expect, it, vi } from 'vitest';
import { forgetHeaders, headerFor, learn } from './headers';
import { answer, planeFor } from './provider';
import { announce, forgetSteps } from './resolution';
import { stacksOf } from './stacks';

const v = (vr: string, ...Value: unknown[]) => ({ vr, Value });
const chest = {
  '00080018': v('UI', 'a'),
  '00280010': v('US', 2400),
  '00280011': v('US', 3001),
  '00280030': v('DS', 0.15, 0.14),
  '00200032': v('DS', -10, -20, 30),
  '00200037': v('DS', 1, 0, 0, 0, 1, 0),
};
const [stack] = stacksOf(
  {
    version: 1,
    study_uid: '1.2',
    dicomweb: '/w',
    series: [
      {
        series_uid: '9.1',
        number: 1,
        description: '',
        modality: 'DX',
        kind: 'images',
        thumb: '',
        instances: [
          {
            sop_uid: 'a',
            sop_class: '1',
            transfer_syntax: '1',
            number: 1,
            frames: 1,
            rows: 2400,
            columns: 3001,
          },
        ],
      },
    ],
  },
  'http://x',
);
const imageId = stack?.frames[0]?.imageId ?? '';

afterEach(() => {
  vi.unstubAllGlobals();
  forgetHeaders();
  forgetSteps();
});

describe('the plane that is drawn in', () => {
  it('has larger pixels at the same place while a lower resolution is on the screen, and the stored ones after it', async () => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify([chest])));
    if (!stack) throw new Error('no stack');
    await learn('/w', stack);
    const header = headerFor(imageId);
    if (!header) throw new Error('no header');
    const stored = { ...header.pixels, ...planeFor(header) };
    const drawn = (columns: number, rows: number) =>
      announce({ imageId, columns, rows, columnPixelSpacing: 0, rowPixelSpacing: 0 }, stored);
    const place = { imagePositionPatient: [-10, -20, 30], rows: 2400, columns: 3001 };

    drawn(376, 300);
    const coarse = {
      rowPixelSpacing: 0.15 * 8,
      columnPixelSpacing: 0.14 * 8,
      pixelSpacing: [0.15 * 8, 0.14 * 8],
    };
    expect(answer('imagePlaneModule', imageId)).toMatchObject({ ...place, ...coarse });
    expect(planeFor(header)).toMatchObject({ rowSpacing: 0.15, columnSpacing: 0.14 });

    drawn(3001, 2400);
    const complete = { rowPixelSpacing: 0.15, columnPixelSpacing: 0.14, pixelSpacing: [0.15, 0.14] };
    expect(answer('imagePlaneModule', imageId)).toMatchObject({ ...place, ...complete });
  });
});

describe('a picture that is still on its way when its study is left', () => {
  it('is decoded with its header, until the next study is left, too', async () => {
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify([chest])));
    if (!stack) throw new Error('no stack');
    await learn('/w', stack);

    forgetHeaders();
    expect(answer('imagePixelModule', imageId)).toMatchObject({ rows: 2400, columns: 3001 });

    forgetHeaders();
    expect(answer('imagePixelModule', imageId)).toBeUndefined();
  });
});
