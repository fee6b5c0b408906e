import { describe, expect, it } from 'vitest';
import { cacheBudget, mayPrefetch, outwards } from './neighbours';

describe('fetching ahead', () => {
  it('goes outwards from the middle, first in the direction of travel', () => {
    expect(outwards(2, 6)).toEqual([3, 1, 4, 0, 5]);
    expect(outwards(2, 6, -1)).toEqual([1, 3, 0, 4, 5]);
    expect(outwards(0, 1)).toEqual([]);
  });

  it('stays inside a budget that a small machine can bear', () => {
    expect(cacheBudget(1)).toBe(256 * 1024 * 1024);
    expect(cacheBudget(undefined)).toBe(1024 * 1024 * 1024);
    expect(cacheBudget(64)).toBe(1536 * 1024 * 1024);
    expect(mayPrefetch(100, 10)).toBe(8);
    expect(mayPrefetch(100, 1000)).toBe(2);
  });
});
