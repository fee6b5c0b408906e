import { afterEach, describe, expect, it } from 'vitest';
import { announce, forgetSteps, stepFor, stepOf } from './resolution';

const chest = { columns: 3001, rows: 2400, columnSpacing: 0.14, rowSpacing: 0.15 };
const drawnAt = (level: number) => ({
  imageId: 'a',
  columns: Math.ceil(chest.columns / 2 ** level),
  rows: Math.ceil(chest.rows / 2 ** level),
  columnPixelSpacing: 0.14,
  rowPixelSpacing: 0.15,
});

afterEach(forgetSteps);

describe('a lower resolution of a picture', () => {
  it('is a power of two smaller, whatever its rounded size is', () => {
    for (const level of [0, 1, 2, 3, 4, 5]) expect(stepOf(chest, drawnAt(level))).toBe(2 ** level);
    expect(stepOf(chest, { columns: 0, rows: 0 })).toBe(1);
  });

  it('is drawn with pixels as much larger, so that it covers what the complete picture covers', () => {
    for (const level of [4, 2, 1, 0]) {
      const drawn = drawnAt(level);
      announce(drawn, chest);
      expect(stepFor('a')).toBe(2 ** level);
      expect(drawn.columnPixelSpacing).toBeCloseTo(0.14 * 2 ** level, 10);
      expect(drawn.rowPixelSpacing).toBeCloseTo(0.15 * 2 ** level, 10);
      const wide = drawn.columns * drawn.columnPixelSpacing;
      expect(wide).toBeGreaterThanOrEqual(3001 * 0.14 - 1e-9);
      expect(wide).toBeLessThan((3001 + 2 ** level) * 0.14);
    }
  });

  it('leaves no trace on the complete picture that was decoded while it stood there', () => {
    announce(drawnAt(3), chest);
    const complete = { ...drawnAt(0), columnPixelSpacing: 0.14 * 8, rowPixelSpacing: 0.15 * 8 };
    announce(complete, chest);
    expect(stepFor('a')).toBe(1);
    expect([complete.columnPixelSpacing, complete.rowPixelSpacing]).toEqual([0.14, 0.15]);
  });

  it('says nothing of other pictures', () => {
    announce(drawnAt(3), chest);
    expect(stepFor('b')).toBe(1);
  });
});
