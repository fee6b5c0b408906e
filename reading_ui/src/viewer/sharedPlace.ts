import type { Point } from './calibration';

/**
 * Where a picture lies on a screen, and how to lay it the same way on another screen of another size. Pure. Picture
 * coordinates as everywhere here: x to the right, y down, (0, 0) the outer corner of the first pixel. Screen
 * coordinates are CSS pixels of the pane.
 */

/** x' = a·x + c·y + e, y' = b·x + d·y + f: from picture to screen. */
export interface Affine {
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  f: number;
}

/** Columns and rows, and how high a pixel is for its width. */
export interface Extent {
  columns: number;
  rows: number;
  aspect: number;
}

export interface Canvas {
  width: number;
  height: number;
}

export interface Place {
  /** 1: the whole picture just fits the pane. */
  zoom: number;
  /** Picture point at the centre of the pane. */
  pan: Point;
  /** What of the picture is seen, across and down the screen, in widths of a pixel. */
  span: readonly [number, number];
  /** Degrees clockwise by which the picture is turned, after mirroring. */
  rotation: number;
  mirrored: boolean;
}

export const apply = ({ a, b, c, d, e, f }: Affine, [x, y]: Point): Point => [
  a * x + c * y + e,
  b * x + d * y + f,
];

/** The way back; null where the picture has no area on the screen. */
export function inverse({ a, b, c, d, e, f }: Affine): Affine | null {
  const det = a * d - b * c;
  if (!Number.isFinite(det) || Math.abs(det) < 1e-12) return null;
  return {
    a: d / det,
    b: -b / det,
    c: -c / det,
    d: a / det,
    e: (c * f - d * e) / det,
    f: (b * e - a * f) / det,
  };
}

/** Screen pixels per width of a picture pixel. */
export const scaleOf = ({ a, b }: Affine): number => Math.hypot(a, b);

/** Mirrored or not, and degrees clockwise (0–360): every way a picture can lie, in two numbers. */
export function turnOf({ a, b, c, d }: Affine): { rotation: number; mirrored: boolean } {
  const mirrored = a * d - b * c < 0;
  // A picture that is mirrored first has its row direction reversed before it is turned.
  const angle = Math.atan2(mirrored ? -b : b, mirrored ? -a : a) * (180 / Math.PI);
  return { rotation: (((Math.round(angle * 100) / 100) % 360) + 360) % 360, mirrored };
}

/** Size of the whole picture across and down the screen as it is turned, in widths of a pixel. */
function turned({ columns, rows, aspect }: Extent, rotation: number): readonly [number, number] {
  const radians = rotation * (Math.PI / 180);
  const [cos, sin] = [Math.abs(Math.cos(radians)), Math.abs(Math.sin(radians))];
  const height = rows * aspect;
  return [columns * cos + height * sin, columns * sin + height * cos];
}

const fitOf = (size: readonly [number, number], { width, height }: Canvas): number =>
  Math.min(width / size[0], height / size[1]);

/** How a picture lies on this screen, in terms that hold on any other. */
export function placeOf(affine: Affine, extent: Extent, canvas: Canvas): Place | null {
  const back = inverse(affine);
  if (!back || canvas.width < 1 || canvas.height < 1) return null;
  const pan = apply(back, [canvas.width / 2, canvas.height / 2]);
  const { rotation, mirrored } = turnOf(affine);
  const scale = scaleOf(affine);
  const size = turned(extent, rotation);
  const corners: Point[] = [
    [0, 0],
    [extent.columns, 0],
    [0, extent.rows],
    [extent.columns, extent.rows],
  ].map(([x = 0, y = 0]) => apply(affine, [x, y]));
  // The black beside a picture is nothing anybody has to see.
  const reach = (axis: 0 | 1, most: number) =>
    Math.min(most, 2 * Math.max(...corners.map((corner) => Math.abs(corner[axis] - most / 2)))) / scale;
  return {
    zoom: scale / fitOf(size, canvas),
    pan,
    span: [reach(0, canvas.width), reach(1, canvas.height)],
    rotation,
    mirrored,
  };
}

/**
 * Screen pixels per width of a pixel that show here what is seen there: the same zoom while the whole picture fits,
 * and when it does not, all that the other screen shows, whatever the two screens' shapes are.
 */
export function scaleFor(place: Place, extent: Extent, canvas: Canvas): number {
  const fit = fitOf(turned(extent, place.rotation), canvas);
  const same = place.zoom * fit;
  if (place.zoom <= 1 || !(place.span[0] > 0) || !(place.span[1] > 0)) return same;
  return Math.max(fit, Math.min(canvas.width / place.span[0], canvas.height / place.span[1]));
}
