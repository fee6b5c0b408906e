import { describe, expect, it } from 'vitest';
import { isSlow, megabits } from './link';

describe('the line to the server', () => {
  it('is judged by the quickest of the larger transfers', () => {
    const slow = { bytes: 1_250_000, milliseconds: 1000 };
    expect(megabits([slow])).toBeCloseTo(10);
    expect(megabits([slow, { bytes: 1_250_000, milliseconds: 50 }])).toBeCloseTo(200);
  });

  it('is not judged by what is small or came from memory', () => {
    expect(megabits([{ bytes: 2000, milliseconds: 0.1 }])).toBeNull();
    expect(megabits([{ bytes: 0, milliseconds: 5 }])).toBeNull();
    expect(megabits([{ bytes: 900_000, milliseconds: 0 }])).toBeNull();
  });

  it('is slow until it has proved to be quick', () => {
    expect(isSlow(null)).toBe(true);
    expect(isSlow(10)).toBe(true);
    expect(isSlow(400)).toBe(false);
  });
});
