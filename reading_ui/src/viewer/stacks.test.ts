import { describe, expect, it } from 'vitest';
import type { Manifest, ManifestInstance, ManifestSeries } from './manifest';
import { gapsOf, stacksOf } from './stacks';

const instance = (sop: string, over: Partial<ManifestInstance> = {}): ManifestInstance => ({
  sop_uid: sop,
  sop_class: '1.2.840.10008.5.1.4.1.1.2',
  transfer_syntax: '1.2.840.10008.1.2.1',
  number: 1,
  frames: 1,
  rows: 512,
  columns: 512,
  ...over,
});

const series = (
  uid: string,
  instances: ManifestInstance[],
  over: Partial<ManifestSeries> = {},
): ManifestSeries => ({
  series_uid: uid,
  number: 1,
  description: 'chest',
  modality: 'CT',
  kind: 'images',
  thumb: `/thumbs/${uid}`,
  instances,
  ...over,
});

const manifest = (...all: ManifestSeries[]): Manifest => ({
  version: 1,
  study_uid: '1.2.3',
  dicomweb: '/dicom-web/studies/1.2.3',
  series: all,
});

describe('stacks of a manifest', () => {
  it('keeps the order of the server and addresses pictures by frame at the same origin', () => {
    const [stack] = stacksOf(
      manifest(series('9.1', [instance('a'), instance('b', { number: 1 })])),
      'http://x',
    );
    expect(stack?.frames.map((ref) => ref.sopUid)).toEqual(['a', 'b']);
    expect(stack?.frames[0]?.imageId).toBe(
      'wadors:http://x/dicom-web/studies/1.2.3/series/9.1/instances/a/frames/1',
    );
  });

  it('knows which frames are kept once more for a slow line, and the picture drawn of exactly one', () => {
    const large = instance('a', { rendition: '1.2.840.10008.1.2.4.202', preview: '/p' });
    const [one] = stacksOf(manifest(series('9.1', [large])), 'http://x');
    expect(one?.frames[0]).toMatchObject({ rendition: true, preview: '/p' });
    const [cine] = stacksOf(
      manifest(series('9.1', [instance('a', { frames: 3, preview: '/p' })])),
      'http://x',
    );
    expect(cine?.frames[1]).toMatchObject({ rendition: false, preview: null });
  });

  it('keeps a localiser of another size out of the axial stack', () => {
    const made = stacksOf(
      manifest(
        series('9.1', [
          instance('scout', { rows: 256 }),
          instance('a', { number: 2 }),
          instance('b', { number: 3 }),
        ]),
      ),
      '',
    );
    expect(made.map((stack) => stack.frames.length)).toEqual([1, 2]);
    expect(new Set(made.map((stack) => stack.id)).size).toBe(2);
  });

  it('gives every multi-frame instance a stack of its own, frame by frame', () => {
    const made = stacksOf(
      manifest(series('9.1', [instance('a', { frames: 30 }), instance('b', { frames: 12, number: 2 })])),
      '',
    );
    expect(made.map((stack) => [stack.multiframe, stack.frames.length, stack.frames.at(-1)?.frame])).toEqual([
      [true, 30, 30],
      [true, 12, 12],
    ]);
  });

  it('makes each document a stack by itself', () => {
    const made = stacksOf(
      manifest(
        series('1', [instance('a')], { number: 7 }),
        series('2', [instance('pdf1'), instance('pdf2')], { kind: 'pdf' }),
      ),
      '',
    );
    expect(made.map((stack) => [stack.kind, stack.sopUid])).toEqual([
      ['images', 'a'],
      ['pdf', 'pdf1'],
      ['pdf', 'pdf2'],
    ]);
  });

  it('keeps an undecodable picture at its place and counts it', () => {
    const problem = { code: 'pixels.undecodable' };
    const [stack] = stacksOf(
      manifest(series('1', [instance('a'), instance('b', { number: 2, problem })])),
      '',
    );
    expect(stack?.problems).toBe(1);
    expect(stack?.frames[1]?.problem).toEqual(problem);
  });

  it('counts apart what is damaged on the server, and says where it stands', () => {
    const problem = { code: 'object.damaged' };
    const whole = ['c', 'd', 'e'].map((uid, at) =>
      instance(uid, { number: at + 3, problem: uid === 'd' ? null : problem }),
    );
    const [stack] = stacksOf(
      manifest(series('1', [instance('a'), instance('b', { number: 2, problem }), ...whole])),
      '',
    );
    expect([stack?.frames.length, stack?.damaged, stack?.problems]).toEqual([5, 3, 0]);
    expect(gapsOf(stack ?? { frames: [] })).toEqual([
      { from: 1, to: 2, problem },
      { from: 4, to: 4, problem },
    ]);
  });
});
