import type { EcgPlace, Size } from './ecgPlace';
import type { EcgGroup } from './ecgRecording';
import { type EcgCell, type EcgRow, LABEL, pulseWidth } from './ecgSheet';
import { type Polyline, traceOf } from './ecgTrace';

interface Ink {
  ground: string;
  fine: string;
  bold: string;
  trace: string;
  name: string;
  absent: string;
}

const DARK: Ink = {
  ground: '#0c0809',
  fine: '#2b1518',
  bold: '#562428',
  trace: '#f1f4f0',
  name: '#ffd9a8',
  absent: '#a3887a',
};
const PAPER: Ink = {
  ground: '#fff8f6',
  fine: '#fae0de',
  bold: '#efb3af',
  trace: '#0f1013',
  name: '#26324a',
  absent: '#8a6a64',
};
const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
/** Below this many pixels to the millimetre the fine lines would be a grey wash. */
const FINE_FROM = 2;
const NAME_WIDTH = 40;
/** mm above and below the zero line. */
const BORDER = 4;

/** Draws grid, calibration pulses, names and traces on a canvas whose units are CSS pixels. */
export function drawEcg(
  context: CanvasRenderingContext2D,
  group: EcgGroup,
  place: EcgPlace,
  size: Size,
): void {
  const ink = place.look.paper ? PAPER : DARK;
  context.fillStyle = ink.ground;
  context.fillRect(0, 0, size.width, size.height);
  if (place.scale >= FINE_FROM) grid(context, place, size, 1, ink.fine);
  grid(context, place, size, 5, ink.bold);
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.strokeStyle = ink.trace;
  context.lineWidth = Math.max(1.1, Math.min(2.4, place.scale * 0.32));
  for (const row of place.sheet.rows) stroke(context, pulse(place, row), 0, 0);
  for (const cell of place.sheet.cells) trace(context, group, place, cell, size);
  for (const cell of place.sheet.cells) border(context, place, cell, ink);
  for (const cell of place.sheet.cells) name(context, place, cell, ink);
}

/** One millimetre is a small square: 0.04 s × 0.1 mV at 25 mm/s and 10 mm/mV. */
function grid(
  context: CanvasRenderingContext2D,
  place: EcgPlace,
  size: Size,
  every: number,
  colour: string,
): void {
  const step = place.scale * every;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  const first = (edge: number) => edge - Math.ceil(edge / step) * step;
  for (let x = first(place.left); x <= size.width; x += step) {
    context.moveTo(Math.round(x) + 0.5, 0);
    context.lineTo(Math.round(x) + 0.5, size.height);
  }
  for (let y = first(place.top); y <= size.height; y += step) {
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(size.width, Math.round(y) + 0.5);
  }
  context.stroke();
}

/** The 1 mV, 0.2 s pulse in front of each row, drawn with the gain and speed of the traces. */
function pulse({ sheet, look, scale, left, top }: EcgPlace, row: EcgRow): Polyline {
  const end = left + ((sheet.cells[0]?.x ?? 0) - 1) * scale;
  const start = end - pulseWidth(look.speed) * scale;
  const base = top + row.zero * scale;
  const crest = base - look.gain * scale;
  const foot = 0.8 * scale;
  return [start - foot, base, start, base, start, crest, end, crest, end, base, end + foot, base];
}

function trace(
  context: CanvasRenderingContext2D,
  group: EcgGroup,
  place: EcgPlace,
  cell: EcgCell,
  size: Size,
): void {
  const { scale, look } = place;
  const x = place.left + cell.x * scale;
  const perSecond = look.speed * scale;
  if (!cell.lead || x > size.width || x + (cell.to - cell.from) * perSecond < 0) return;
  const lines = traceOf(cell.lead, group.hertz, cell.from, cell.to, {
    perSecond,
    perMillivolt: look.gain * scale,
  });
  for (const line of lines) stroke(context, line, x, place.top + cell.y * scale);
}

/** A mark where one lead ends and the next begins on the same line. */
function border(context: CanvasRenderingContext2D, place: EcgPlace, cell: EcgCell, ink: Ink): void {
  if (cell.x <= (place.sheet.cells[0]?.x ?? 0)) return;
  const { scale } = place;
  const [x, y] = [place.left + cell.x * scale, place.top + cell.y * scale];
  context.strokeStyle = ink.name;
  context.lineWidth = 1;
  context.setLineDash([2, 2]);
  stroke(context, [x, y - BORDER * scale, x, y + BORDER * scale], 0, 0);
  context.setLineDash([]);
}

function stroke(context: CanvasRenderingContext2D, line: Polyline, x: number, y: number): void {
  context.beginPath();
  context.moveTo(x + (line[0] ?? 0), y + (line[1] ?? 0));
  if (line.length === 2) context.lineTo(x + (line[0] ?? 0), y + (line[1] ?? 0));
  for (let at = 2; at < line.length; at += 2) context.lineTo(x + (line[at] ?? 0), y + (line[at + 1] ?? 0));
  context.stroke();
}

function name(context: CanvasRenderingContext2D, place: EcgPlace, cell: EcgCell, ink: Ink): void {
  const { scale } = place;
  context.font = `600 ${Math.max(10, Math.min(18, LABEL * scale * 0.7)).toFixed(1)}px ${FONT}`;
  context.textBaseline = 'middle';
  context.fillStyle = cell.lead ? ink.name : ink.absent;
  const words = cell.lead ? cell.name : `${cell.name} –`;
  // A name stays in sight while its trace moves under it, and leaves with the end of the trace.
  const end = place.left + (cell.x + (cell.to - cell.from) * place.look.speed) * scale;
  const x = Math.max(place.left + cell.labelX * scale, Math.min(4, end - NAME_WIDTH));
  const y = place.top + (cell.labelY + LABEL / 2) * scale;
  context.lineWidth = 4;
  context.strokeStyle = ink.ground;
  context.strokeText(words, x, y);
  context.fillText(words, x, y);
}
