import type { MarkKind } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { type Affine, lengthOf, type PaneView, toScreen } from '@/viewer';
import { arrowHead, type Spot } from './drawing';
import styles from './layer.module.css';

/** A mark as it is drawn: kind, points of the picture, words. */
export interface Drawn {
  kind: MarkKind;
  points: readonly Spot[];
  text: string;
}

interface Props {
  mark: Drawn;
  affine: Affine;
  view: PaneView;
  colour: string;
  /** Words for a length in pixels and in millimetres. */
  unit: (value: string, pixel: boolean) => string;
  by?: string;
  draft?: boolean;
  onPress?: (() => void) | undefined;
}

const path = (points: readonly Spot[]): string =>
  points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');

/** One mark on the screen. Everything is laid in picture coordinates, so that it stays where it was put. */
export function Shape({ mark, affine, view, colour, unit, by, draft = false, onPress }: Props) {
  const at = mark.points.map((point) => toScreen(affine, point));
  const [first, last] = [at[0], at.at(-1)];
  if (!first || !last) return null;
  return (
    <g
      className={cx(styles.mark, draft && styles.draft, onPress && styles.erasable)}
      style={{ color: colour }}
      data-mark={mark.kind}
      onPointerDown={onPress}
    >
      {by && <title>{by}</title>}
      {mark.kind === 'arrow' && (
        <>
          <Line points={[first, last]} />
          <polyline points={path([arrowHead(first, last)[0], last, arrowHead(first, last)[1]])} />
        </>
      )}
      {mark.kind === 'freehand' && <Line points={at} />}
      {mark.kind === 'length' && (
        <>
          <Line points={[first, last]} />
          <Words at={last} text={lengthWords(mark, view, unit)} />
        </>
      )}
      {mark.kind === 'ellipse' && <Round mark={mark} affine={affine} />}
      {mark.kind === 'text' && <Words at={first} text={mark.text} anchor />}
      {mark.kind !== 'text' && mark.text !== '' && <Words at={first} text={mark.text} />}
    </g>
  );
}

function Line({ points }: { points: readonly Spot[] }) {
  return (
    <>
      <polyline className={styles.halo} points={path(points)} />
      <polyline points={path(points)} />
    </>
  );
}

/** An ellipse stays one when the picture is turned: it is drawn where it lies and moved as the picture is. */
function Round({ mark, affine }: { mark: Drawn; affine: Affine }) {
  const [a, b] = [mark.points[0], mark.points.at(-1)];
  if (!a || !b) return null;
  const { a: m11, b: m12, c: m21, d: m22, e, f } = affine;
  const shape = {
    cx: (a[0] + b[0]) / 2,
    cy: (a[1] + b[1]) / 2,
    rx: Math.abs(b[0] - a[0]) / 2,
    ry: Math.abs(b[1] - a[1]) / 2,
  };
  return (
    <g transform={`matrix(${m11} ${m12} ${m21} ${m22} ${e} ${f})`}>
      <ellipse {...shape} className={styles.halo} vectorEffect="non-scaling-stroke" />
      <ellipse {...shape} vectorEffect="non-scaling-stroke" />
    </g>
  );
}

function Words({ at, text, anchor = false }: { at: Spot; text: string; anchor?: boolean }) {
  if (text === '') return null;
  return (
    <>
      {anchor && <circle cx={at[0]} cy={at[1]} r={2.5} className={styles.anchor} />}
      <text x={at[0] + 8} y={at[1] - 6}>
        {text}
      </text>
    </>
  );
}

/** Every screen measures for itself, from the same points and the same header: so all read the same number. */
function lengthWords({ points }: Drawn, { header }: PaneView, unit: Props['unit']): string {
  const measured = header && lengthOf(header.calibration, points);
  return measured?.length === undefined ? '' : unit(measured.length.toFixed(1), measured.source === 'pixel');
}
