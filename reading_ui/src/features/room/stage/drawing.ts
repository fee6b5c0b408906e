import type { MarkKind } from '@/api/rooms';

/** What the mouse does on the pictures of a room. `look` leaves it to the viewer. */
export type Pen = 'look' | 'pointer' | MarkKind | 'erase';

export type Spot = readonly [number, number];

const MOST_POINTS = 300;
const NEAR = 1.5;

/** The points of a mark while it is drawn; a line by hand gathers them, the others have a beginning and an end. */
export function drawnTo(kind: MarkKind, points: readonly Spot[], to: Spot): Spot[] {
  const first = points[0] ?? to;
  if (kind === 'text') return [first];
  if (kind !== 'freehand') return [first, to];
  const last = points.at(-1);
  if (last && Math.hypot(to[0] - last[0], to[1] - last[1]) < NEAR) return [...points];
  const all = [...points, to];
  // A very long line keeps its shape with every other point.
  return all.length > MOST_POINTS
    ? all.filter((_, index) => index % 2 === 0 || index === all.length - 1)
    : all;
}

/** Too small to be meant: a click that slipped. `scale`: screen pixels per picture pixel. */
export function isMark(kind: MarkKind, points: readonly Spot[], scale: number): boolean {
  const [first] = points;
  if (!first) return false;
  if (kind === 'text') return true;
  const reach = Math.max(...points.map(([x, y]) => Math.hypot(x - first[0], y - first[1])));
  return reach * scale >= 4;
}

/** Corners of the head of an arrow that points at `tip`, on the screen. */
export function arrowHead(tail: Spot, tip: Spot, size = 12): [Spot, Spot] {
  const angle = Math.atan2(tip[1] - tail[1], tip[0] - tail[0]);
  const side = (turn: number): Spot => [
    tip[0] - size * Math.cos(angle + turn),
    tip[1] - size * Math.sin(angle + turn),
  ];
  return [side(0.42), side(-0.42)];
}
