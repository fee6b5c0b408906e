import { describe, expect, it } from 'vitest';
import {
  type Affine,
  apply,
  type Canvas,
  type Extent,
  inverse,
  placeOf,
  scaleFor,
  turnOf,
} from './sharedPlace';

const square: Extent = { columns: 512, rows: 512, aspect: 1 };
const wide: Canvas = { width: 900, height: 500 };

interface Lying {
  rotation?: number;
  mirrored?: boolean;
  pan?: readonly [number, number];
  aspect?: number;
}

/** The picture turned, mirrored and scaled about its middle, with that picture point in the middle of the screen. */
function lying(
  scale: number,
  canvas: Canvas,
  { rotation = 0, mirrored = false, pan = [256, 256], aspect = 1 }: Lying = {},
): Affine {
  const radians = rotation * (Math.PI / 180);
  const [cos, sin, flip] = [Math.cos(radians), Math.sin(radians), mirrored ? -1 : 1];
  const matrix = {
    a: scale * flip * cos,
    b: scale * flip * sin,
    c: -scale * aspect * sin,
    d: scale * aspect * cos,
  };
  const [x, y] = apply({ ...matrix, e: 0, f: 0 }, [pan[0], pan[1]]);
  return { ...matrix, e: canvas.width / 2 - x, f: canvas.height / 2 - y };
}

const shown = (affine: Affine, canvas: Canvas, extent = square) => {
  const place = placeOf(affine, extent, canvas);
  if (!place) throw new Error('no place');
  return place;
};

describe('how a picture lies', () => {
  it('is told in two numbers, however it was turned and mirrored', () => {
    for (const rotation of [0, 90, 180, 270]) {
      for (const mirrored of [false, true]) {
        expect(turnOf(lying(1.7, wide, { rotation, mirrored }))).toEqual({ rotation, mirrored });
      }
    }
  });

  it('leads from picture to screen and back', () => {
    const affine = lying(2.5, wide, { rotation: 90, mirrored: true, pan: [100, 300] });
    const back = inverse(affine);
    expect(back).not.toBeNull();
    if (!back) return;
    const [x, y] = apply(back, apply(affine, [17, 401]));
    expect(x).toBeCloseTo(17);
    expect(y).toBeCloseTo(401);
    expect(inverse({ a: 0, b: 0, c: 0, d: 0, e: 1, f: 1 })).toBeNull();
  });

  it('is zoom 1 when the picture just fits, turned or not', () => {
    expect(shown(lying(500 / 512, wide), wide).zoom).toBeCloseTo(1);
    const tall: Extent = { columns: 200, rows: 800, aspect: 1 };
    const lain = lying(900 / 800, wide, { rotation: 90, pan: [100, 400] });
    expect(shown(lain, wide, tall).zoom).toBeCloseTo(1);
  });
});

describe('another screen', () => {
  it('of the same size shows exactly the same', () => {
    for (const scale of [0.5, 0.9, 1.4, 3, 8]) {
      const affine = lying(scale, wide, { pan: [310, 200], rotation: 90 });
      const place = shown(affine, wide);
      expect(scaleFor(place, square, wide)).toBeCloseTo(scale);
      expect(place.pan[0]).toBeCloseTo(310);
      expect(place.pan[1]).toBeCloseTo(200);
    }
  });

  it('of another shape shows the whole picture when the presenter sees the whole picture', () => {
    const narrow: Canvas = { width: 300, height: 700 };
    expect(scaleFor(shown(lying(500 / 512, wide), wide), square, narrow)).toBeCloseTo(300 / 512);
  });

  it('of another shape shows everything that the presenter has enlarged', () => {
    const narrow: Canvas = { width: 300, height: 700 };
    const place = shown(lying(4, wide), wide);
    expect(place.span).toEqual([225, 125]);
    expect(scaleFor(place, square, narrow)).toBeCloseTo(300 / 225);
  });

  it('does without the span when it is not told', () => {
    const place = { ...shown(lying(4, wide), wide), span: [0, 0] as const };
    expect(scaleFor(place, square, { width: 1800, height: 1000 })).toBeCloseTo(8);
  });

  it('knows pixels that are not square', () => {
    const flat: Extent = { columns: 512, rows: 256, aspect: 2 };
    const affine = lying(500 / 512, wide, { pan: [256, 128], aspect: 2 });
    expect(shown(affine, wide, flat).zoom).toBeCloseTo(1);
    expect(shown(affine, wide, flat).span[0]).toBeCloseTo(512);
  });
});
