import { expect, test } from 'vitest';
import type { Manifest } from '@/viewer';
import { sameFiles } from './useStudy';

const manifest = (damaged: string[]): Manifest =>
  ({
    version: 1,
    series: [
      {
        instances: ['1', '2'].map((sop_uid) => ({
          sop_uid,
          problem: damaged.includes(sop_uid) ? { code: 'object.damaged' } : null,
        })),
      },
    ],
  }) as unknown as Manifest;

test('a list of the same version is another one when files were damaged or are back', () => {
  expect(sameFiles(manifest(['1']), manifest(['1']))).toBe(true);
  expect(sameFiles(manifest([]), manifest(['1']))).toBe(false);
  expect(sameFiles(manifest(['1']), manifest(['2']))).toBe(false);
});
