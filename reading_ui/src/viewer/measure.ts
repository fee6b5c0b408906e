import { type Calibration, type Point, type Source, scaleFor } from './calibration';

/**
 * Every number a measurement shows is worked out here, in picture coordinates: x to the right, y down, (0, 0) the
 * outer corner of the first pixel. The drawing library only draws; so the value is the same on the GPU and the
 * CPU path, and never carries millimetres the calibration does not support.
 */

export type MarkKind = 'length' | 'angle' | 'rectangle' | 'ellipse' | 'probe';

export interface Picture {
  columns: number;
  rows: number;
  /** Value of a pixel after the modality LUT; null outside or for colour. */
  at(x: number, y: number): number | null;
  /** Red, green and blue of a colour picture. */
  colour(x: number, y: number): readonly [number, number, number] | null;
  /** `HU` or the file's rescale type; empty when the values have no unit. */
  unit: string;
}

export interface Measure {
  kind: MarkKind;
  source: Source;
  /** Millimetres, or pixels where `source` is `pixel`. */
  length?: number;
  degrees?: number;
  /** Square millimetres or square pixels. */
  area?: number;
  width?: number;
  height?: number;
  mean?: number;
  deviation?: number;
  minimum?: number;
  maximum?: number;
  value?: number;
  colour?: readonly [number, number, number];
  count?: number;
  unit: string;
  /** Column and row of a probe, counted from 1. */
  at?: readonly [number, number];
}

export function measure(
  kind: MarkKind,
  points: readonly Point[],
  calibration: Calibration,
  picture: Picture | null,
): Measure | null {
  const scale = scaleFor(calibration, points);
  const base = { kind, source: scale.source, unit: '' };
  const [a, b, c] = points;
  if (!a) return null;
  if (kind === 'probe') return probe(a, base, picture);
  if (!b) return null;
  if (kind === 'length') return { ...base, length: distance(a, b, scale) };
  if (kind === 'angle') return c ? { ...base, degrees: angle(a, b, c, scale) } : null;
  return region(kind, points, scale, base, picture);
}

/** What a line on a picture measures; it needs no pixels, so a line drawn on another screen has the same length. */
export const lengthOf = (calibration: Calibration, points: readonly Point[]): Measure | null =>
  measure('length', points, calibration, null);

interface Scale {
  mmX: number;
  mmY: number;
}

const distance = (a: Point, b: Point, { mmX, mmY }: Scale): number =>
  Math.hypot((a[0] - b[0]) * mmX, (a[1] - b[1]) * mmY);

/** The angle at the middle point, 0–180 degrees. */
function angle(a: Point, vertex: Point, c: Point, { mmX, mmY }: Scale): number {
  const from = Math.atan2((a[1] - vertex[1]) * mmY, (a[0] - vertex[0]) * mmX);
  const to = Math.atan2((c[1] - vertex[1]) * mmY, (c[0] - vertex[0]) * mmX);
  const turn = Math.abs(to - from) * (180 / Math.PI);
  return turn > 180 ? 360 - turn : turn;
}

function probe(point: Point, base: Measure, picture: Picture | null): Measure {
  const [x, y] = [Math.floor(point[0]), Math.floor(point[1])];
  const value = picture?.at(x, y) ?? undefined;
  const colour = picture?.colour(x, y) ?? undefined;
  return { ...base, at: [x + 1, y + 1], unit: picture?.unit ?? '', value, colour };
}

function region(
  kind: 'rectangle' | 'ellipse',
  points: readonly Point[],
  scale: Scale,
  base: Measure,
  picture: Picture | null,
): Measure {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const box: Box = {
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
  const width = (box.right - box.left) * scale.mmX;
  const height = (box.bottom - box.top) * scale.mmY;
  const area = width * height * (kind === 'ellipse' ? Math.PI / 4 : 1);
  const inside = kind === 'ellipse' ? insideEllipse(box) : () => true;
  const stats = picture ? statistics(picture, box, inside) : {};
  return { ...base, unit: picture?.unit ?? '', width, height, area, ...stats };
}

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function insideEllipse({ left, right, top, bottom }: Box): (x: number, y: number) => boolean {
  const [cx, cy, rx, ry] = [(left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2];
  return (x, y) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
}

/** Over the pixels whose centre lies inside; population standard deviation, as consoles show it. */
export function statistics(
  picture: Picture,
  box: Box,
  inside: (x: number, y: number) => boolean,
): Partial<Measure> {
  let [count, sum, squares] = [0, 0, 0];
  let [minimum, maximum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const lastRow = Math.min(picture.rows - 1, Math.floor(box.bottom));
  const lastColumn = Math.min(picture.columns - 1, Math.floor(box.right));
  for (let y = Math.max(0, Math.floor(box.top)); y <= lastRow; y += 1) {
    for (let x = Math.max(0, Math.floor(box.left)); x <= lastColumn; x += 1) {
      const [px, py] = [x + 0.5, y + 0.5];
      if (px < box.left || px > box.right || py < box.top || py > box.bottom || !inside(px, py)) continue;
      const value = picture.at(x, y);
      if (value === null) continue;
      count += 1;
      sum += value;
      squares += value * value;
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
    }
  }
  if (count === 0) return { count: 0 };
  const mean = sum / count;
  return { count, mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)), minimum, maximum };
}
