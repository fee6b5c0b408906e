import { describe, expect, it } from 'vitest';
import { keepActive, leastWidth, stepOf, withActive } from './rove';

describe('the roving row', () => {
  it('moves within the list and stops at its ends', () => {
    expect(stepOf('ArrowDown', -1, 5, 3)).toBe(0);
    expect(stepOf('ArrowDown', 4, 5, 3)).toBe(4);
    expect(stepOf('PageDown', 1, 5, 3)).toBe(4);
    expect(stepOf('PageUp', 1, 5, 3)).toBe(0);
    expect(stepOf('End', 0, 5, 3)).toBe(4);
    expect(stepOf('x', 0, 5, 3)).toBeNull();
    expect(stepOf('ArrowDown', 0, 0, 3)).toBeNull();
  });

  it('stays with its study when rows arrive around it', () => {
    expect(keepActive('b', ['a', 'b'], ['x', 'a', 'y', 'b'])).toBe('b');
  });

  it('keeps its place when its study leaves', () => {
    expect(keepActive('b', ['a', 'b', 'c'], ['a', 'c'])).toBe('c');
    expect(keepActive('c', ['a', 'b', 'c'], ['a', 'b'])).toBe('b');
    expect(keepActive(null, [], ['a'])).toBe('a');
    expect(keepActive('a', ['a'], [])).toBeNull();
  });

  it('is drawn even when scrolled out of sight', () => {
    const range = { startIndex: 50, endIndex: 52, overscan: 0, count: 100 };
    expect(withActive(range, 3)).toEqual([3, 50, 51, 52]);
    expect(withActive(range, 51)).toEqual([50, 51, 52]);
  });

  it('knows the least width of a row', () => {
    expect(leastWidth(['34px', 'minmax(156px, 1fr)', '10px'])).toBe(200);
  });
});
