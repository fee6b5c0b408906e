import { describe, expect, it } from 'vitest';
import { TWELVE } from './ecgLeads';
import { NOMINAL, panned, placeOf, STANDARD, scrolled, zoomed } from './ecgPlace';
import type { EcgGroup } from './ecgRecording';
import { type EcgSheet, LABEL, LAYOUTS, layoutsFor, sheetOf } from './ecgSheet';
import { traceOf } from './ecgTrace';

const HERTZ = 500;

function group(names: readonly string[] = TWELVE, seconds = 10, kind: EcgGroup['kind'] = 'rhythm'): EcgGroup {
  const samples = Float32Array.from({ length: seconds * HERTZ }, (_, at) => Math.sin(at / 40) * 1.5);
  const leads = names.map((name) => ({ name, samples, delay: 0, zero: 0 }));
  const filter = { low: null, high: null, notch: null };
  return { label: '', kind, hertz: HERTZ, seconds, leads, filter, notices: [] };
}

const setting = (layout: (typeof LAYOUTS)[number]) => ({ layout, gain: 10, speed: 25, from: 0 }) as const;
const rowsOf = (sheet: EcgSheet) =>
  sheet.rows.map((_, row) =>
    sheet.cells
      .filter((cell) => cell.row === row)
      .map(({ name }) => name)
      .join(' '),
  );

describe('the sheet of an ECG', () => {
  it('has the leads where a cardiologist looks for them', () => {
    expect(rowsOf(sheetOf(group(), setting('3x4+1')))).toEqual([
      'I aVR V1 V4',
      'II aVL V2 V5',
      'III aVF V3 V6',
      'II',
    ]);
    expect(rowsOf(sheetOf(group(), setting('3x4+3'))).slice(3)).toEqual(['V1', 'II', 'V5']);
    expect(rowsOf(sheetOf(group(), setting('6x2')))).toEqual([
      'I V1',
      'II V2',
      'III V3',
      'aVR V4',
      'aVL V5',
      'aVF V6',
    ]);
    expect(rowsOf(sheetOf(group(), setting('12x1')))).toEqual([...TWELVE]);
  });

  it('lays no name and no trace over another, in any layout at any gain', () => {
    for (const layout of LAYOUTS) {
      for (const gain of [5, 10, 20] as const) {
        const { cells, rows } = sheetOf(group(), { ...setting(layout), gain });
        for (const [at, { top, height, zero }] of rows.entries()) {
          const inside = cells.filter((cell) => cell.row === at);
          const many = inside.length > 1;
          expect(zero - 1.5 * gain).toBeGreaterThanOrEqual(top + (many ? LABEL : 0) - 0.01);
          expect(zero + 1.5 * gain).toBeLessThanOrEqual(top + height + 0.01);
          expect(top + height).toBeLessThanOrEqual(rows[at + 1]?.top ?? Number.POSITIVE_INFINITY);
          for (const cell of inside) expect(cell.labelY).toBeGreaterThanOrEqual(top);
        }
      }
    }
  });

  it('measures 25 mm to the second: ten seconds are 250 mm, whatever the columns', () => {
    for (const layout of LAYOUTS) {
      const { cells } = sheetOf(group(), setting(layout));
      const right = Math.max(...cells.map((cell) => cell.x + (cell.to - cell.from) * 25));
      expect(right - Math.min(...cells.map((cell) => cell.x))).toBeCloseTo(250);
    }
  });

  it('runs on in time from column to column, under one strip of the whole time', () => {
    const { cells } = sheetOf(group(), setting('3x4+1'));
    expect(cells.slice(0, 4).map(({ from, to }) => [from, to])).toEqual([
      [0, 2.5],
      [2.5, 5],
      [5, 7.5],
      [7.5, 10],
    ]);
    expect(cells.at(-1)).toMatchObject({ name: 'II', from: 0, to: 10 });
  });

  it('shows an averaged beat whole in every cell and without a strip', () => {
    const { cells, rows } = sheetOf(group(TWELVE, 1, 'beat'), setting('3x4+1'));
    expect(rows).toHaveLength(3);
    expect(cells.every(({ from, to }) => from === 0 && to === 1)).toBe(true);
  });

  it('keeps the place of a lead that is missing and puts further leads below', () => {
    const names = [...TWELVE.filter((name) => name !== 'V2'), 'V7', 'V8', 'V3R'];
    const sheet = sheetOf(group(names), setting('3x4+1'));
    expect(rowsOf(sheet)).toEqual(['I aVR V1 V4', 'II aVL V2 V5', 'III aVF V3 V6', 'V7 V8 V3R', 'II']);
    expect(sheet.cells.filter(({ lead }) => lead === null).map(({ name }) => name)).toEqual(['V2']);
  });

  it('gives every lead of a monitor its own row', () => {
    const monitor = group(['II', 'V5', 'Resp'], 60);
    expect(layoutsFor(monitor)).toEqual(['12x1']);
    expect(rowsOf(sheetOf(monitor, setting('3x4+1')))).toEqual(['II', 'V5', 'Resp']);
  });
});

describe('the place of the sheet on the screen', () => {
  const size = { width: 860, height: 560 };

  it('fits the sheet to the pane and says how far that is from nominal', () => {
    const { scale, sheet, percent, left } = placeOf(group(), STANDARD, size);
    expect(sheet.width * scale).toBeLessThanOrEqual(size.width);
    expect(sheet.height * scale).toBeLessThanOrEqual(size.height + 1e-6);
    expect(percent).toBe(Math.round((100 * scale) / NOMINAL));
    expect(left).toBeGreaterThanOrEqual(0);
  });

  it('changes the traces with gain and speed, never the squares', () => {
    const { scale, sheet } = placeOf(group(), STANDARD, size);
    const double = placeOf(group(), { ...STANDARD, gain: 20, speed: 50 }, size);
    expect(double.scale).toBe(scale);
    expect(double.sheet.width).toBeGreaterThan(1.8 * sheet.width);
  });

  it('keeps the point under the mouse when it zooms', () => {
    const before = placeOf(group(), STANDARD, size);
    const at = { x: 500, y: 300 };
    const after = placeOf(group(), zoomed(before, 3, size, at), size);
    expect(after.scale).toBeCloseTo(before.scale * 3);
    const paper = (place: typeof before) => (at.x - place.left) / place.scale;
    expect(paper(after)).toBeCloseTo(paper(before), 0);
  });

  it('never lets the sheet be lost', () => {
    const far = placeOf(group(), panned(placeOf(group(), { ...STANDARD, zoom: 3 }, size), -1e6, 1e6), size);
    expect(far.left + far.sheet.width * far.scale).toBeCloseTo(size.width, -1);
    expect(far.look.y).toBe(0);
  });

  it('scrolls over the sheet first and then through the recording, to its very end', () => {
    const long = group(['II'], 60);
    const start = placeOf(long, STANDARD, size);
    const on = placeOf(long, scrolled(long, start, 5, size), size);
    expect(on.look.from).toBe(5);
    expect(placeOf(long, scrolled(long, on, 1e6, size), size).look.from).toBe(50);
    expect(placeOf(long, scrolled(long, on, -1e6, size), size).look.from).toBe(0);
    const short = placeOf(group(), { ...STANDARD, speed: 50 }, size);
    expect(placeOf(group(), scrolled(group(), short, 1, size), size).look).toMatchObject({ x: 50, from: 0 });
  });
});

describe('the line of a lead', () => {
  const lead = (samples: number[], delay = 0) => ({
    name: 'II',
    samples: Float32Array.from(samples),
    delay,
    zero: 0,
  });

  it('has every sample at its time and height', () => {
    const [line] = traceOf(lead([0, 1, -1]), 10, 0, 1, { perSecond: 100, perMillivolt: 40 });
    expect(line?.map(Math.round)).toEqual([0, -0, 10, -40, 20, 40]);
  });

  it('begins where the skew of its channel says', () => {
    const [line] = traceOf(lead([1, 1], 0.05), 10, 0, 1, { perSecond: 100, perMillivolt: 1 });
    expect(line?.[0]).toBeCloseTo(5);
  });

  it('breaks where samples are missing, also where many share a pixel', () => {
    const samples = Array.from({ length: 1000 }, (_, at) => (at >= 400 && at < 600 ? Number.NaN : 1));
    expect(traceOf(lead(samples), 1000, 0, 1, { perSecond: 1000, perMillivolt: 1 })).toHaveLength(2);
    expect(traceOf(lead(samples), 1000, 0, 1, { perSecond: 50, perMillivolt: 1 })).toHaveLength(2);
  });

  it('keeps a spike of a single sample when the sheet is small', () => {
    const samples = Array.from({ length: 10000 }, (_, at) => (at === 5003 ? 5 : 0));
    const lines = traceOf(lead(samples), 1000, 0, 10, { perSecond: 20, perMillivolt: 10 });
    expect(Math.min(...lines.flat())).toBe(-50);
    expect(lines.flat().length).toBeLessThan(2000);
  });

  it('draws the piece of time that is asked for and nothing else', () => {
    const [line = []] = traceOf(lead(Array.from({ length: 100 }, () => 0)), 10, 2.5, 5, {
      perSecond: 10,
      perMillivolt: 1,
    });
    expect(line[0]).toBe(0);
    expect(line.at(-2)).toBeCloseTo(25);
  });
});
