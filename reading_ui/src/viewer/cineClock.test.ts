import { describe, expect, it } from 'vitest';
import { frameAt, nativeRate } from './cineClock';

describe('cine', () => {
  it('plays at the speed of the file', () => {
    expect(nativeRate({ frameTime: 40 }, true)).toBe(25);
    expect(nativeRate({ frameTimes: [0, 50, 50, 100] }, true)).toBeCloseTo(15);
    expect(nativeRate({ cineRate: 8 }, true)).toBe(8);
    expect(nativeRate({ displayRate: 30, frameTime: 100 }, true)).toBe(30);
  });

  it('has a sensible speed where the file is silent or absurd', () => {
    expect(nativeRate({}, true)).toBe(15);
    expect(nativeRate({ frameTime: 0 }, false)).toBe(10);
    expect(nativeRate({ frameTime: 1 }, true)).toBe(60);
  });

  it('shows the frame that is due and skips those that are late', () => {
    expect(frameAt(0, 10, 3, 30)).toBe(3);
    expect(frameAt(99, 10, 3, 30)).toBe(3);
    expect(frameAt(100, 10, 3, 30)).toBe(4);
    expect(frameAt(1000, 10, 3, 30)).toBe(13);
  });

  it('loops, and never leaves a single frame', () => {
    expect(frameAt(3000, 10, 3, 30)).toBe(3);
    expect(frameAt(5000, 25, 0, 1)).toBe(0);
  });
});
