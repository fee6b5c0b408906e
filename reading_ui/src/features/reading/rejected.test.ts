import { describe, expect, it, test } from 'vitest';
import { isUnsafe } from '@/ui/quality';
import type { Manifest } from '@/viewer';
import {
  bySeries,
  goneFrom,
  goneOf,
  grown,
  held,
  lowered,
  newerOf,
  sameFiles,
  turned,
  understood,
} from './rejected';

const manifest = (...uids: string[]): Manifest =>
  ({
    version: 1,
    dicomweb: '/dicom-web/studies/9',
    series: [
      {
        series_uid: 's',
        number: 2,
        kind: 'images',
        thumb: '/1.webp',
        instances: uids.map((sop_uid) => ({ sop_uid, number: Number(sop_uid) })),
      },
    ],
  }) as unknown as Manifest;

const uids = ({ series }: Manifest) =>
  series.flatMap(({ instances }) => instances.map(({ sop_uid }) => sop_uid));

describe('images that were rejected while a study is open', () => {
  it('leave at once and are named by series and number, also when some went before', () => {
    const now = turned(held(manifest('1', '2', '3', '4', '6')), manifest('1', '3', '4', '6'));
    expect(uids(now.manifest)).toEqual(['1', '3', '4', '6']);
    expect(bySeries(goneOf(now))).toEqual([{ series: '2', numbers: ['2'] }]);
    expect(bySeries(goneOf(turned(now, manifest('1'))))).toEqual([{ series: '2', numbers: ['2–4', '6'] }]);
  });

  it('take none of the new ones with them, which wait, nor a picture that may show them', () => {
    const now = turned(held(manifest('1', '2')), manifest('2', '3'));
    expect(uids(now.manifest)).toEqual(['2']);
    expect(now.manifest.series[0]?.thumb).toBeNull();
    expect(goneOf(held(manifest('2', '3'), now.left))).toHaveLength(1);
    expect(goneOf(held(manifest('1', '2', '3'), now.left))).toEqual([]);
  });

  it('are noticed by what the newer list is without', () => {
    expect(goneFrom(manifest('1', '2'), manifest('2')).map(({ sopUid }) => sopUid)).toEqual(['1']);
    expect(goneFrom(manifest('1'), manifest('1', '2'))).toEqual([]);
    expect(goneFrom(manifest('1', '2'), { ...manifest(), series: [] })).toHaveLength(2);
  });

  it('are no news when their list is made anew: the pictures stay, its version is the newest', () => {
    const open = held(manifest('1'));
    const again = turned(open, { ...manifest('1'), version: 3 });
    expect(again.manifest).toBe(open.manifest);
    expect(again.newest.version).toBe(3);
    expect(turned(open, manifest('1', '2'))).toEqual(open);
  });

  it('are said with the reason of which there are more than before', () => {
    const problem = (code: string, count: number) => ({ code, params: { count } });
    const before = [problem('images.113001', 1), problem('images.damaged', 1)];
    const now = [problem('images.113001', 1), problem('images.113037', 2), problem('images.damaged', 3)];
    expect(grown(before, now)).toEqual(['113037']);
  });

  it('are said in red for safety, in yellow for quality', () => {
    expect(isUnsafe('images.113037')).toBe(true);
    expect(isUnsafe('images.113001')).toBe(false);
  });
});

describe('rejected images that are shown again', () => {
  const all = manifest('1', '2', '3');
  const some = turned(held(all), manifest('1'));

  it('are not said to be gone any more, and wait: no picture changes under the eyes of the reader', () => {
    const back = turned(some, manifest('1', '2'));
    expect(bySeries(goneOf(back))).toEqual([{ series: '2', numbers: ['3'] }]);
    expect(back.manifest).toBe(some.manifest);
    expect(goneOf(turned(back, { ...all, version: 7 }))).toEqual([]);
    expect(newerOf(back, manifest('1', '2'))).toEqual({ kind: 'restored', count: 1 });
  });

  it('are told from images that came, also after the rejection was understood', () => {
    const read = understood(some);
    expect(goneOf(read)).toEqual([]);
    expect(newerOf(turned(read, all), all)).toEqual({ kind: 'restored', count: 2 });
    expect(newerOf(read, manifest('1', '2', '4'))?.kind).toBe('either');
    expect(newerOf(read, manifest('1', '4'))?.kind).toBe('images');
    expect(newerOf(read, manifest('1'))).toBeNull();
  });

  it('are said once more when they are rejected once more, loaded or not', () => {
    const waiting = turned(understood(some), all);
    expect(goneOf(turned(waiting, manifest('1', '2'))).map(({ sopUid }) => sopUid)).toEqual(['3']);
    expect(goneOf(turned(held(all, waiting.left), manifest('1')))).toHaveLength(2);
  });

  it('are loaded where none was left: nobody is looking at anything', () => {
    const none = turned(held(all), manifest());
    expect(goneOf(none)).toHaveLength(3);
    const back = turned(none, manifest('1', '3'));
    expect(uids(back.manifest)).toEqual(['1', '3']);
    expect(bySeries(goneOf(back))).toEqual([{ series: '2', numbers: ['2'] }]);
    expect(uids(turned(held(manifest('1')), manifest('2')).manifest)).toEqual(['2']);
  });

  it('count for nothing in what a later rejection is more than', () => {
    const problem = (count: number) => ({ code: 'images.113037', params: { count } });
    expect(lowered([problem(2)], [])).toEqual([]);
    expect(lowered([problem(2)], [problem(1)])).toEqual([problem(1)]);
    expect(lowered([problem(2)], [problem(3)])).toEqual([problem(2)]);
  });
});

test('a list of the same images is another one when files were damaged or are back', () => {
  const damaged = (...of: string[]): Manifest =>
    ({
      version: 1,
      series: [
        {
          instances: ['1', '2'].map((sop_uid) => ({
            sop_uid,
            problem: of.includes(sop_uid) ? { code: 'object.damaged' } : null,
          })),
        },
      ],
    }) as unknown as Manifest;
  expect(sameFiles(damaged('1'), damaged('1'))).toBe(true);
  expect(sameFiles(damaged(), damaged('1'))).toBe(false);
  expect(sameFiles(damaged('1'), damaged('2'))).toBe(false);
});
