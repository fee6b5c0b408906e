import { describe, expect, it } from 'vitest';
import { isUnsafe } from '@/ui/quality';
import type { Manifest } from '@/viewer';
import { loses } from './rejected';

const manifest = (...uids: string[]): Manifest =>
  ({ series: [{ instances: uids.map((sop_uid) => ({ sop_uid })) }] }) as unknown as Manifest;

describe('images that were rejected while a study is open', () => {
  it('are noticed by what the newer list is without', () => {
    expect(loses(manifest('1', '2'), manifest('2'))).toBe(true);
    expect(loses(manifest('1'), manifest('1', '2'))).toBe(false);
    expect(loses(manifest('1'), null)).toBe(false);
  });

  it('are said in red for safety, in yellow for quality', () => {
    expect(isUnsafe('images.113037')).toBe(true);
    expect(isUnsafe('images.113001')).toBe(false);
  });
});
