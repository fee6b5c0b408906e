/** Which way the picture faces. Vectors are in the patient frame: x to the left, y to the back, z to the head. */

export type Vector = readonly [number, number, number];

const AXES: ReadonlyArray<readonly [minus: string, plus: string]> = [
  ['R', 'L'],
  ['A', 'P'],
  ['F', 'H'],
];

/** `L`, `AR`, … : the strongest axis first, and a second one when it is not far behind. */
export function letters(vector: Vector): string {
  const parts = vector
    .map((value, axis) => ({ size: Math.abs(value), letter: AXES[axis]?.[value < 0 ? 0 : 1] ?? '' }))
    .toSorted((a, b) => b.size - a.size);
  const strongest = parts[0]?.size ?? 0;
  if (strongest === 0) return '';
  return parts
    .filter((part) => part.size > 0.3 * strongest)
    .slice(0, 2)
    .map((part) => part.letter)
    .join('');
}

export interface Edges {
  top: string;
  right: string;
  bottom: string;
  left: string;
}

/** What the file says of its own rows and columns: cosines, or the two letters of (0020,0020). */
export type Facing =
  | { kind: 'cosines'; row: Vector; column: Vector }
  | { kind: 'letters'; row: string; column: string };

/**
 * Letters at the four edges as the picture is turned now. `right` and `down` say which picture direction (x along a
 * row, y down a column) points to the right and to the bottom of the screen.
 */
export function edges(
  facing: Facing | null,
  right: readonly [number, number],
  down: readonly [number, number],
): Edges | null {
  if (!facing) return null;
  const name = ([x, y]: readonly [number, number]) =>
    facing.kind === 'cosines' ? letters(combined(facing.row, facing.column, x, y)) : lettersOf(facing, x, y);
  const opposite = ([x, y]: readonly [number, number]) => name([-x, -y]);
  return { right: name(right), left: opposite(right), bottom: name(down), top: opposite(down) };
}

const combined = (row: Vector, column: Vector, x: number, y: number): Vector => [
  row[0] * x + column[0] * y,
  row[1] * x + column[1] * y,
  row[2] * x + column[2] * y,
];

const OPPOSITE: Record<string, string> = { L: 'R', R: 'L', A: 'P', P: 'A', H: 'F', F: 'H' };
const turned = (name: string) => [...name].map((letter) => OPPOSITE[letter] ?? letter).join('');

function lettersOf(facing: { row: string; column: string }, x: number, y: number): string {
  if (Math.abs(x) >= Math.abs(y)) return x >= 0 ? facing.row : turned(facing.row);
  return y >= 0 ? facing.column : turned(facing.column);
}

export type PlaneName = 'axial' | 'sagittal' | 'coronal' | 'oblique';

/** Axial, sagittal or coronal when the normal lies within about 25 degrees of an axis. */
export function planeOf(row: Vector, column: Vector): PlaneName {
  const normal = [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ].map(Math.abs);
  const names: PlaneName[] = ['sagittal', 'coronal', 'axial'];
  const best = normal.indexOf(Math.max(...normal));
  return (normal[best] ?? 0) > 0.9 ? (names[best] ?? 'oblique') : 'oblique';
}

/** Position along the slice normal in mm, the number radiologists compare between series. */
export function alongNormal(position: Vector, row: Vector, column: Vector): number {
  const [nx, ny, nz] = [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ];
  return position[0] * nx + position[1] * ny + position[2] * nz;
}
