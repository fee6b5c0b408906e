import { TWELVE } from './ecgLeads';
import type { EcgGroup, EcgLead } from './ecgRecording';

/** Paper in millimetres: which lead stands where. Screen pixels come later (ecgPlace.ts). */
export type EcgLayout = '3x4+1' | '3x4+3' | '6x2' | '12x1';
export const ECG_GAINS = [5, 10, 20] as const;
export type EcgGain = (typeof ECG_GAINS)[number];
export const ECG_SPEEDS = [12.5, 25, 50] as const;
export type EcgSpeed = (typeof ECG_SPEEDS)[number];

export interface EcgSetting {
  layout: EcgLayout;
  /** mm/mV */
  gain: EcgGain;
  /** mm/s */
  speed: EcgSpeed;
  /** Seconds from the group's start to the sheet's left edge. */
  from: number;
}

export interface EcgCell {
  name: string;
  /** Null where the layout has a place that the file has no lead for. */
  lead: EcgLead | null;
  /** Place in the sheet's rows, from 0. */
  row: number;
  /** The piece of time in this cell, s. */
  from: number;
  to: number;
  /** Left edge of the trace and its zero line, mm. */
  x: number;
  y: number;
  /** Top left corner of the name, mm; no trace reaches there unless it leaves its row. */
  labelX: number;
  labelY: number;
}

export interface EcgRow {
  top: number;
  height: number;
  /** Zero line, mm from the sheet's top. */
  zero: number;
}

export interface EcgSheet {
  width: number;
  height: number;
  rows: readonly EcgRow[];
  cells: readonly EcgCell[];
  /** Seconds on the sheet. */
  seconds: number;
}

export const LAYOUTS: readonly EcgLayout[] = ['3x4+1', '3x4+3', '6x2', '12x1'];
const COLUMNS: Record<EcgLayout, number> = { '3x4+1': 4, '3x4+3': 4, '6x2': 2, '12x1': 1 };
const STRIPS: Record<EcgLayout, readonly string[]> = {
  '3x4+1': ['II'],
  '3x4+3': ['V1', 'II', 'V5'],
  '6x2': [],
  '12x1': [],
};
/** A sheet of paper holds this much time; a longer recording is scrolled. */
export const PAGE = 10;
/** mm: the name beside or above a trace, and the calibration pulse with the space around it. */
export const LABEL = 5;
const GUTTER = 13;
const PULSE_SECONDS = 0.2;
const EDGE = 3;
/** No row reserves more than this for an artefact, mV; the trace itself is never cut. */
const TALLEST = 3;
const LEAST = 0.35;

/** Layouts that make sense for a group: six columns of a monitor's three leads would be mostly empty paper. */
export function layoutsFor(group: EcgGroup): readonly EcgLayout[] {
  const standard = TWELVE.filter((name) => group.leads.some((lead) => lead.name === name));
  if (standard.length <= 6) return ['12x1'];
  // An averaged beat has no strip that could differ.
  return group.kind === 'beat' ? LAYOUTS.filter((layout) => layout !== '3x4+3') : LAYOUTS;
}

export const pulseWidth = (speed: number): number => PULSE_SECONDS * speed;

/** Length of the part of time that one sheet shows, s. */
export const pageSeconds = (group: EcgGroup): number => Math.min(PAGE, Math.max(0.2, group.seconds));

export function sheetOf(group: EcgGroup, setting: EcgSetting): EcgSheet {
  const layout = layoutsFor(group).includes(setting.layout) ? setting.layout : '12x1';
  const columns = COLUMNS[layout];
  const seconds = pageSeconds(group);
  const beat = group.kind === 'beat';
  // An averaged beat is whole in every cell; a rhythm runs on from column to column.
  const piece = beat ? seconds : seconds / columns;
  const width = piece * setting.speed;
  const start = GUTTER + pulseWidth(setting.speed) + 2;
  const rows: EcgRow[] = [];
  const cells: EcgCell[] = [];
  let top = EDGE;
  for (const { names, strip } of linesOf(group, layout, columns)) {
    const leads = names.map((name) => group.leads.find((lead) => lead.name === name) ?? null);
    const { above, below } = reach(leads, setting.gain);
    const band = names.length > 1 ? LABEL : 1;
    const height = band + above + below + 1;
    const zero = top + band + above;
    rows.push({ top, height, zero });
    for (const [column, name] of names.entries()) {
      const from = setting.from + (beat || strip ? 0 : column * piece);
      cells.push({
        name,
        lead: leads[column] ?? null,
        row: rows.length - 1,
        from,
        to: from + (strip ? seconds : piece),
        x: start + column * width,
        y: zero,
        labelX: names.length > 1 ? start + column * width + 1 : 1,
        labelY: names.length > 1 ? top : zero - LABEL / 2,
      });
    }
    top += height;
  }
  const across = beat ? columns * width : seconds * setting.speed;
  return { width: start + across + EDGE, height: top + EDGE, rows, cells, seconds };
}

/** Names row by row. What is no standard lead follows below, so that the standard places never shift. */
function linesOf(
  group: EcgGroup,
  layout: EcgLayout,
  columns: number,
): Array<{ names: string[]; strip: boolean }> {
  const here = group.leads.map(({ name }) => name);
  if (columns === 1) {
    const standard = TWELVE.filter((name) => here.includes(name));
    const others = here.filter((name) => !TWELVE.some((known) => known === name));
    return [...standard, ...others].map((name) => ({ names: [name], strip: false }));
  }
  const depth = TWELVE.length / columns;
  const block = Array.from({ length: depth }, (_, row) => ({
    names: Array.from({ length: columns }, (_, column): string => TWELVE[column * depth + row] ?? ''),
    strip: false,
  }));
  const others = here.filter((name) => !TWELVE.some((known) => known === name));
  for (let at = 0; at < others.length; at += columns) {
    block.push({ names: others.slice(at, at + columns), strip: false });
  }
  const strips = group.kind === 'beat' ? [] : STRIPS[layout].filter((name) => here.includes(name));
  return [...block, ...strips.map((name) => ({ names: [name], strip: true }))];
}

/** Millimetres above and below the zero line that the traces of a row want. */
function reach(leads: ReadonlyArray<EcgLead | null>, gain: number): { above: number; below: number } {
  let [high, low] = [LEAST, -LEAST];
  for (const lead of leads) {
    for (const value of lead?.samples ?? []) {
      const millivolts = value - (lead?.zero ?? 0);
      if (millivolts > high) high = millivolts;
      else if (millivolts < low) low = millivolts;
    }
  }
  // The calibration pulse of 1 mV stands in every row.
  return { above: Math.max(1, Math.min(TALLEST, high)) * gain, below: Math.min(TALLEST, -low) * gain };
}
