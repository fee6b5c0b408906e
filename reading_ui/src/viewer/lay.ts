import type { StackViewport } from '@cornerstonejs/core';
import type { Point } from './calibration';
import type { Header } from './header';
import { mirror, rotateBy, zoomBy } from './look';
import { toPicture } from './picture';
import { planeFor } from './provider';
import { type Affine, type Canvas, type Extent, type Place, scaleFor, scaleOf, turnOf } from './sharedPlace';

/** Camera work in picture coordinates, the same on the GPU and the CPU path. */

export function extentOf(header: Header): Extent {
  const { rowSpacing, columnSpacing } = planeFor(header);
  const { rows, columns } = header.pixels;
  return { rows, columns, aspect: rowSpacing / columnSpacing };
}

export const canvasOf = ({ element }: StackViewport): Canvas => ({
  width: element.clientWidth,
  height: element.clientHeight,
});

/** From picture to screen; null before the first picture is drawn. */
export function affineOf(viewport: StackViewport, header: Header): Affine | null {
  if (viewport.getImageData() === undefined) return null;
  const back = (x: number, y: number) => toPicture(header, viewport.canvasToWorld([x, y]));
  // The way back is asked for far apart: a pixel's rounding is then nothing.
  const far = 1000;
  const [origin, right, down] = [back(0, 0), back(far, 0), back(0, far)];
  const [ux, uy] = [(right[0] - origin[0]) / far, (right[1] - origin[1]) / far];
  const [vx, vy] = [(down[0] - origin[0]) / far, (down[1] - origin[1]) / far];
  const det = ux * vy - vx * uy;
  if (!Number.isFinite(det) || Math.abs(det) < 1e-12) return null;
  const [a, b, c, d] = [vy / det, -uy / det, -vx / det, ux / det];
  return { a, b, c, d, e: -(a * origin[0] + c * origin[1]), f: -(b * origin[0] + d * origin[1]) };
}

const off = (degrees: number): number => (((degrees % 360) + 540) % 360) - 180;

/**
 * Lays the picture as it lies elsewhere. True when it lies so already or now; false when a later call, after the next
 * drawing, should look again.
 */
export function lay(viewport: StackViewport, header: Header, place: Place): boolean {
  const before = affineOf(viewport, header);
  if (!before) return false;
  if (turnOf(before).mirrored !== place.mirrored) mirror(viewport, 'horizontal');
  turn(viewport, header, place.rotation);
  const affine = affineOf(viewport, header);
  if (!affine) return false;
  const factor = scaleFor(place, extentOf(header), canvasOf(viewport)) / scaleOf(affine);
  if (Number.isFinite(factor) && Math.abs(factor - 1) > 1e-4) zoomBy(viewport, factor);
  if (place.pan.every(Number.isFinite)) centre(viewport, header, place.pan);
  return lies(viewport, header, place);
}

/** The two paths count a turn of a mirrored picture in opposite directions: look, and turn back if need be. */
function turn(viewport: StackViewport, header: Header, wanted: number): void {
  for (const sign of [1, -1]) {
    const affine = affineOf(viewport, header);
    const rest = affine ? off(wanted - turnOf(affine).rotation) : 0;
    if (Math.abs(rest) < 0.1) return;
    rotateBy(viewport, sign * rest);
  }
}

function centre(viewport: StackViewport, header: Header, pan: Point): void {
  const { width, height } = canvasOf(viewport);
  const from = viewport.canvasToWorld([width / 2, height / 2]);
  const [x, y] = toPicture(header, from);
  const { row, column, rowSpacing, columnSpacing } = planeFor(header);
  const [dx, dy] = [(pan[0] - x) * columnSpacing, (pan[1] - y) * rowSpacing];
  if (Math.hypot(dx, dy) < 1e-3 * columnSpacing) return;
  const move = [0, 1, 2].map((axis) => dx * (row[axis] ?? 0) + dy * (column[axis] ?? 0));
  const moved = (point: readonly number[] | undefined): [number, number, number] => [
    (point?.[0] ?? 0) + (move[0] ?? 0),
    (point?.[1] ?? 0) + (move[1] ?? 0),
    (point?.[2] ?? 0) + (move[2] ?? 0),
  ];
  const { focalPoint, position } = viewport.getCamera();
  viewport.setCamera({ focalPoint: moved(focalPoint), position: moved(position) });
  viewport.render();
}

/** Within a tenth of a degree, a thousandth of the size and half a screen pixel. */
function lies(viewport: StackViewport, header: Header, place: Place): boolean {
  const affine = affineOf(viewport, header);
  if (!affine) return false;
  const { rotation, mirrored } = turnOf(affine);
  const scale = scaleOf(affine);
  const canvas = canvasOf(viewport);
  const wanted = scaleFor(place, extentOf(header), canvas);
  const [x, y] = toPicture(header, viewport.canvasToWorld([canvas.width / 2, canvas.height / 2]));
  const apart = place.pan.every(Number.isFinite) ? Math.hypot(place.pan[0] - x, place.pan[1] - y) * scale : 0;
  return (
    mirrored === place.mirrored &&
    Math.abs(off(rotation - place.rotation)) < 0.1 &&
    Math.abs(scale / wanted - 1) < 1e-3 &&
    apart < 0.5
  );
}
