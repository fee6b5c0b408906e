import { describe, expect, it } from 'vitest';
import { arrowHead, drawnTo, isMark, type Spot } from './drawing';

describe('a mark while it is drawn', () => {
  it('keeps its beginning and follows with its end', () => {
    const start = drawnTo('arrow', [], [10, 10]);
    expect(drawnTo('arrow', drawnTo('arrow', start, [20, 20]), [30, 5])).toEqual([
      [10, 10],
      [30, 5],
    ]);
  });

  it('by hand gathers points that are apart, and never more than the server takes', () => {
    let line: Spot[] = [];
    for (let n = 0; n < 5000; n++) line = drawnTo('freehand', line, [n, Math.sin(n) * 50]);
    expect(line.length).toBeLessThanOrEqual(300);
    expect(line.at(-1)?.[0]).toBe(4999);
    expect(drawnTo('freehand', [[0, 0]], [0.5, 0.5])).toEqual([[0, 0]]);
  });

  it('of words stands where it was begun', () => {
    expect(drawnTo('text', [[1, 2]], [9, 9])).toEqual([[1, 2]]);
  });

  it('is none when the mouse only slipped, measured on the screen', () => {
    expect(
      isMark(
        'length',
        [
          [0, 0],
          [1, 1],
        ],
        1,
      ),
    ).toBe(false);
    expect(
      isMark(
        'length',
        [
          [0, 0],
          [1, 1],
        ],
        8,
      ),
    ).toBe(true);
    expect(isMark('text', [[0, 0]], 1)).toBe(true);
    expect(isMark('arrow', [], 1)).toBe(false);
  });

  it('has a head behind its tip', () => {
    const [a, b] = arrowHead([0, 0], [100, 0]);
    expect(a[0]).toBeLessThan(100);
    expect(a[1]).toBeCloseTo(-b[1]);
  });
});
