import type { EcgLook } from './ecgPlace';
import { ECG_GAINS, ECG_SPEEDS } from './ecgSheet';
import { PANES } from './grid';
import { isPreset, type PresetId, type Window } from './presets';
import type { FrameRef, Stack } from './stacks';
import type { Layout } from './types';

/** What one pane shows, in terms of the pictures and not of the screen. */
export interface SharedPane {
  series_uid: string;
  sop_uid: string;
  /** 1-based, as in PS3.18. */
  frame: number;
  /** Place in the stack, from 0; the picture's own name counts where both are known. */
  slice: number;
  window: Window | null;
  /** What the window is called where it was chosen; null for one set by hand. */
  preset: PresetId | null;
  /** 1: the whole picture fits the pane. */
  zoom: number;
  /** Picture point at the centre of the pane: columns and rows from the corner of the first pixel. */
  pan: readonly [number, number];
  /** What of the picture is seen, across and down, in widths of a pixel. */
  span: readonly [number, number];
  /** Degrees clockwise, after mirroring. */
  rotation: number;
  flip_h: boolean;
  invert: boolean;
  /** How an ECG is looked at, instead of the above. */
  ecg: EcgLook | null;
}

/** What everybody in a room sees: state, never pixels. Empty panes are null. */
export interface SharedView {
  layout: Layout;
  active: number;
  panes: ReadonlyArray<SharedPane | null>;
}

type Fields = Record<string, unknown>;
const fields = (found: unknown): Fields | null =>
  typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : null;
const finite = (found: unknown, fallback: number): number =>
  typeof found === 'number' && Number.isFinite(found) ? found : fallback;
const word = (found: unknown): string => (typeof found === 'string' ? found : '');
const pair = (found: unknown): readonly [number, number] | null =>
  Array.isArray(found) && found.length === 2 && found.every((one) => Number.isFinite(one))
    ? [Number(found[0]), Number(found[1])]
    : null;

/** Reads what another browser said, trusting nothing; null when it is not a view at all. */
export function readSharedView(body: unknown): SharedView | null {
  const view = fields(body);
  const layout = word(view?.layout);
  if (!view || !isLayout(layout) || !Array.isArray(view.panes)) return null;
  const { columns, rows } = PANES[layout];
  const panes = view.panes.slice(0, columns * rows).map(readPane);
  const active = Math.floor(finite(view.active, 0));
  return { layout, active: active >= 0 && active < panes.length ? active : 0, panes };
}

const isLayout = (name: string): name is Layout => name in PANES;

function readPane(body: unknown): SharedPane | null {
  const pane = fields(body);
  if (!pane || word(pane.series_uid) === '') return null;
  const window = fields(pane.window);
  const width = finite(window?.width, 0);
  return {
    series_uid: word(pane.series_uid),
    sop_uid: word(pane.sop_uid),
    frame: finite(pane.frame, 1),
    slice: Math.max(0, Math.floor(finite(pane.slice, 0))),
    window: width > 0 ? { center: finite(window?.center, 0), width } : null,
    preset: isPreset(pane.preset) ? pane.preset : null,
    zoom: Math.min(200, Math.max(0.01, finite(pane.zoom, 1))),
    pan: pair(pane.pan) ?? [Number.NaN, Number.NaN],
    span: pair(pane.span) ?? [0, 0],
    rotation: finite(pane.rotation, 0),
    flip_h: pane.flip_h === true,
    invert: pane.invert === true,
    ecg: readEcg(pane.ecg),
  };
}

const LAYOUTS_OF_ECG = ['3x4+1', '3x4+3', '6x2', '12x1'] as const;

function readEcg(body: unknown): EcgLook | null {
  const ecg = fields(body);
  if (!ecg) return null;
  return {
    group: Math.max(0, Math.floor(finite(ecg.group, 0))),
    layout: LAYOUTS_OF_ECG.find((one) => one === ecg.layout) ?? '3x4+1',
    gain: ECG_GAINS.find((one) => one === ecg.gain) ?? 10,
    speed: ECG_SPEEDS.find((one) => one === ecg.speed) ?? 25,
    from: Math.max(0, finite(ecg.from, 0)),
    zoom: ecg.zoom === null ? null : finite(ecg.zoom, 1),
    x: finite(ecg.x, 0),
    y: finite(ecg.y, 0),
    paper: ecg.paper === true,
  };
}

export interface Found {
  stack: Stack;
  index: number;
}

/** Where a shared picture is among one's own: by its name, or by its place when it has come under another one. */
export function locate(stacks: readonly Stack[], pane: SharedPane): Found | null {
  const named = (ref: FrameRef) => ref.sopUid === pane.sop_uid && ref.frame === pane.frame;
  const series = stacks.filter((stack) => stack.seriesUid === pane.series_uid);
  for (const stack of series) {
    const index = stack.frames.findIndex(named);
    if (index >= 0) return { stack, index };
  }
  const [first] = series;
  return first ? { stack: first, index: Math.min(pane.slice, first.frames.length - 1) } : null;
}
