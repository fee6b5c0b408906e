/** Between the parts of a line (px), as `RowMarks.module.css` has it. */
const GAP = 8;
/** How wide "+1" is (px). */
const REST = 32;

/** Widths (px): of the line, of what must be left of the name, and of what may stand behind it. */
export interface Widths {
  width: number;
  name: number;
  spare: number;
  marks: readonly number[];
}

/** How many marks have room, with the count of the others behind them, and whether there is room for the rest besides. */
export function fitting({ width, name, spare, marks }: Widths): { shown: number; spare: boolean } {
  const taken = (parts: readonly number[]): number =>
    parts.filter((part) => part > 0).reduce((sum, part) => sum + part + GAP, -GAP);
  let shown = marks.length;
  while (shown > 0 && taken([name, ...marks.slice(0, shown), shown < marks.length ? REST : 0]) > width)
    shown -= 1;
  return { shown, spare: shown === marks.length && taken([name, spare, ...marks]) <= width };
}
