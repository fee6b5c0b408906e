import { describe, expect, it } from 'vitest';
import { newlySigned } from './SignedBanner';

const signed = (at: string) => ({ at, kind: 'conclusion', item_id: 'a', patient: null });
const [first, second] = [signed('2026-11-22T08:00:00Z'), signed('2026-11-22T08:10:00.5Z')];

describe('what was signed while one sits in a room', () => {
  it('is news once: what was signed before, or has been looked at, is none', () => {
    expect(newlySigned(null, null)).toBeNull();
    expect(newlySigned(first, null)).toBe(first);
    expect(newlySigned(first, first.at)).toBeNull();
    expect(newlySigned(second, first.at)).toBe(second);
  });

  it('is no news when an older one is the last that one may still see', () => {
    expect(newlySigned(first, second.at)).toBeNull();
  });
});
