import { getShouldUseCPURendering, type StackViewport, utilities } from '@cornerstonejs/core';
import type { Header } from './header';
import { type Edges, edges } from './orientation';
import { toPicture } from './picture';
import { planeFor } from './provider';

/** Camera work that means the same on the GPU and the CPU path. */

const unit = ([x, y]: readonly [number, number]): readonly [number, number] => {
  const size = Math.hypot(x, y) || 1;
  return [x / size, y / size];
};

/** Before the first picture there is no plane that canvas and world could be related by; the library throws then. */
const drawn = (viewport: StackViewport): boolean => viewport.getImageData() !== undefined;

/** Screen pixels per picture pixel along a row; null before the first picture. */
export function magnification(viewport: StackViewport, header: Header): number | null {
  if (!drawn(viewport)) return null;
  const { position, row, columnSpacing } = planeFor(header);
  const next = [0, 1, 2].map((axis) => (position[axis] ?? 0) + (row[axis] ?? 0) * columnSpacing);
  const [x = 0, y = 0, z = 0] = next;
  const from = viewport.worldToCanvas([position[0], position[1], position[2]]);
  const to = viewport.worldToCanvas([x, y, z]);
  const size = Math.hypot(to[0] - from[0], to[1] - from[1]);
  return Number.isFinite(size) && size > 0 ? size : null;
}

/** Patient directions at the four edges of the screen, as the picture is turned now. */
export function edgesOf(viewport: StackViewport, header: Header): Edges | null {
  if (!header.facing || !drawn(viewport)) return null;
  const at = (x: number, y: number) => toPicture(header, viewport.canvasToWorld([x, y]));
  const [origin, right, down] = [at(0, 0), at(100, 0), at(0, 100)];
  if (![...origin, ...right, ...down].every(Number.isFinite)) return null;
  return edges(
    header.facing,
    unit([right[0] - origin[0], right[1] - origin[1]]),
    unit([down[0] - origin[0], down[1] - origin[1]]),
  );
}

export function zoomBy(viewport: StackViewport, factor: number): void {
  const { parallelScale } = viewport.getCamera();
  if (!parallelScale || !Number.isFinite(parallelScale)) return;
  viewport.setCamera({ parallelScale: parallelScale / factor });
  viewport.render();
}

/** Fills the pane again but keeps rotation and mirroring. */
export function fillPane(viewport: StackViewport): void {
  const { rotation = 0, flipHorizontal = false, flipVertical = false } = viewport.getViewPresentation();
  viewport.resetCamera();
  viewport.setViewPresentation({ rotation, flipHorizontal, flipVertical });
  viewport.render();
}

export function rotateBy(viewport: StackViewport, degrees: number): void {
  const { rotation = 0 } = viewport.getViewPresentation();
  viewport.setViewPresentation({ rotation: (((rotation + degrees) % 360) + 360) % 360 });
  viewport.render();
}

/** Mirrors as seen on the screen. The CPU path mirrors the picture before it turns it, so a quarter turn swaps axes. */
export function mirror(viewport: StackViewport, axis: 'horizontal' | 'vertical'): void {
  const { flipHorizontal = false, flipVertical = false } = viewport.getCamera();
  const { rotation = 0 } = viewport.getViewPresentation();
  const swapped = getShouldUseCPURendering() && Math.round(rotation / 90) % 2 !== 0;
  const horizontal = (axis === 'horizontal') !== swapped;
  viewport.setCamera(horizontal ? { flipHorizontal: !flipHorizontal } : { flipVertical: !flipVertical });
  viewport.render();
}

export function resetCamera(viewport: StackViewport): void {
  viewport.setCamera({ flipHorizontal: false, flipVertical: false });
  viewport.setViewPresentation({ rotation: 0 });
  viewport.resetCamera();
  viewport.render();
}

export const uuid = (): string => utilities.uuidv4();
