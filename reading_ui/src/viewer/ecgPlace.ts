import type { EcgGroup } from './ecgRecording';
import { type EcgGain, type EcgLayout, type EcgSheet, type EcgSpeed, pageSeconds, sheetOf } from './ecgSheet';

/** How a person looks at an ECG. */
export interface EcgLook {
  group: number;
  layout: EcgLayout;
  gain: EcgGain;
  speed: EcgSpeed;
  /** Seconds from the start to the left edge of the sheet. */
  from: number;
  /** Nominal screen millimetres per paper millimetre; null fits the sheet to the pane. */
  zoom: number | null;
  /** Paper millimetres that are moved out to the left and to the top. */
  x: number;
  y: number;
  /** Black on pink paper instead of light on dark. */
  paper: boolean;
}

/** Every ECG opens at the standard gain and speed: a reader must never meet another's half gain unaware. */
export const STANDARD: EcgLook = {
  group: 0,
  layout: '3x4+1',
  gain: 10,
  speed: 25,
  from: 0,
  zoom: null,
  x: 0,
  y: 0,
  paper: false,
};

export interface Size {
  width: number;
  height: number;
}

/** Where the sheet lies on the screen. */
export interface EcgPlace {
  sheet: EcgSheet;
  look: EcgLook;
  /** Pixels per paper millimetre. */
  scale: number;
  /** Screen pixel of the sheet's top left corner. */
  left: number;
  top: number;
  /** Of nominal size, in percent. */
  percent: number;
}

/** CSS pixels are 96 to the inch by definition; how large one really is, no browser knows. */
export const NOMINAL = 96 / 25.4;
const [SMALLEST, LARGEST] = [0.25, 8];
/** mm */
const MOST_BETWEEN = 12;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The scale at which the sheet in standard gain and speed fills the pane: gain and speed change traces, not squares. */
function fitting(group: EcgGroup, look: EcgLook, size: Size): number {
  const { width, height } = sheetOf(group, { ...look, gain: STANDARD.gain, speed: STANDARD.speed });
  // Whole pixels to the bold square keep the grid even.
  const whole = Math.floor(5 * Math.min(size.width / width, size.height / height)) / 5;
  return clamp(whole / NOMINAL, SMALLEST, 3);
}

/** Room that is left over goes between the rows. */
function spread(sheet: EcgSheet, spare: number): EcgSheet {
  const gap = clamp(spare / sheet.rows.length, 0, MOST_BETWEEN);
  const down = (row: number) => (row + 0.5) * gap;
  return {
    ...sheet,
    height: sheet.height + sheet.rows.length * gap,
    rows: sheet.rows.map((row, at) => ({ ...row, top: row.top + down(at), zero: row.zero + down(at) })),
    cells: sheet.cells.map((cell) => ({
      ...cell,
      y: cell.y + down(cell.row),
      labelY: cell.labelY + down(cell.row),
    })),
  };
}

/** Puts the sheet on the screen and brings what was asked for within its bounds. Pure; repeats to the same. */
export function placeOf(group: EcgGroup, asked: EcgLook, size: Size): EcgPlace {
  const from = clamp(asked.from, 0, group.seconds - pageSeconds(group));
  const tight = sheetOf(group, { ...asked, from });
  const zoom = asked.zoom === null ? null : clamp(asked.zoom, SMALLEST, LARGEST);
  const scale = (zoom ?? fitting(group, asked, size)) * NOMINAL;
  const sheet = spread(tight, size.height / scale - tight.height);
  const spareX = size.width / scale - sheet.width;
  const spareY = size.height / scale - sheet.height;
  const x = clamp(asked.x, 0, Math.max(0, -spareX));
  const y = clamp(asked.y, 0, Math.max(0, -spareY));
  return {
    sheet,
    look: { ...asked, from, zoom, x, y },
    scale,
    left: Math.round((Math.max(0, spareX) / 2 - x) * scale),
    top: Math.round((Math.max(0, spareY) / 2 - y) * scale),
    percent: Math.round((100 * scale) / NOMINAL),
  };
}

/** Zooms so that what lies under a point of the pane stays there; the middle by default. */
export function zoomed(place: EcgPlace, factor: number, size: Size, at?: { x: number; y: number }): EcgLook {
  const point = at ?? { x: size.width / 2, y: size.height / 2 };
  const zoom = clamp((place.scale / NOMINAL) * factor, SMALLEST, LARGEST);
  const held = (edge: number, pixel: number) => (pixel - edge) / place.scale - pixel / (zoom * NOMINAL);
  return { ...place.look, zoom, x: held(place.left, point.x), y: held(place.top, point.y) };
}

export function panned(place: EcgPlace, dx: number, dy: number): EcgLook {
  const { look, scale } = place;
  return { ...look, x: look.x - dx / scale, y: look.y - dy / scale };
}

/** Moves through time: first over the sheet as far as it sticks out, then to the next part of the recording. */
export function scrolled(group: EcgGroup, place: EcgPlace, seconds: number, size: Size): EcgLook {
  const { look } = place;
  const wanted = look.x + seconds * look.speed;
  const most = Math.max(0, place.sheet.width - size.width / place.scale);
  const x = clamp(wanted, 0, most);
  const from = look.from + (wanted - x) / look.speed;
  return { ...look, x, from: clamp(from, 0, group.seconds - pageSeconds(group)) };
}
