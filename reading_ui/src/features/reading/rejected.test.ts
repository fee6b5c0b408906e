import { describe, expect, it, test } from 'vitest';
import { isUnsafe } from '@/ui/quality';
import type { Manifest } from '@/viewer';
import { bySeries, goneFrom, grown, held, sameFiles, turned } from './rejected';

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
    expect(bySeries(now.gone)).toEqual([{ series: '2', numbers: ['2'] }]);
    expect(bySeries(turned(now, manifest('1')).gone)).toEqual([{ series: '2', numbers: ['2–4', '6'] }]);
  });

  it('take none of the new ones with them, which wait, nor a picture that may show them', () => {
    const now = turned(held(manifest('1', '2')), manifest('2', '3'));
    expect(uids(now.manifest)).toEqual(['2']);
    expect(now.manifest.series[0]?.thumb).toBeNull();
    const taken = held(manifest('2', '3'), now.gone);
    expect(taken.gone).toHaveLength(1);
    expect(held(manifest('1', '2', '3'), now.gone).gone).toEqual([]);
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
    expect(turned(open, manifest('1', '2'))).toBe(open);
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
