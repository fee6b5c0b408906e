import { describe, expect, it } from 'vitest';
import { alongNormal, edges, letters, planeOf } from './orientation';

const axial = { kind: 'cosines', row: [1, 0, 0], column: [0, 1, 0] } as const;

describe('orientation', () => {
  it('has the patient left at the right edge and the front at the top of an axial slice', () => {
    expect(edges(axial, [1, 0], [0, 1])).toEqual({ top: 'A', right: 'L', bottom: 'P', left: 'R' });
  });

  it('follows mirroring and turning', () => {
    expect(edges(axial, [-1, 0], [0, 1])).toMatchObject({ right: 'R', left: 'L', top: 'A' });
    expect(edges(axial, [0, -1], [1, 0])).toEqual({ top: 'R', right: 'A', bottom: 'L', left: 'P' });
  });

  it('reads the two letters of a projection', () => {
    expect(edges({ kind: 'letters', row: 'L', column: 'F' }, [1, 0], [0, 1])).toEqual({
      top: 'H',
      right: 'L',
      bottom: 'F',
      left: 'R',
    });
  });

  it('names oblique directions by their two strongest axes', () => {
    expect(letters([0.8, 0.6, 0])).toBe('LP');
    expect(letters([0.98, 0.1, 0.1])).toBe('L');
    expect(edges(null, [1, 0], [0, 1])).toBeNull();
  });

  it('knows the plane and the position across it', () => {
    expect(planeOf([1, 0, 0], [0, 1, 0])).toBe('axial');
    expect(planeOf([0, 1, 0], [0, 0, -1])).toBe('sagittal');
    expect(planeOf([1, 0, 0], [0, 0, -1])).toBe('coronal');
    expect(planeOf([0.7, 0.7, 0], [0, 0, -1])).toBe('oblique');
    expect(alongNormal([3, 4, -120.5], [1, 0, 0], [0, 1, 0])).toBe(-120.5);
  });
});
