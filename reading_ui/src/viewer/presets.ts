/** Window centre and width in the units of the modality LUT's output (HU for CT). */
export interface Window {
  center: number;
  width: number;
}

export interface Range {
  lower: number;
  upper: number;
}

export type PresetId =
  | 'file'
  | 'lung'
  | 'mediastinum'
  | 'bone'
  | 'brain'
  | 'liver'
  | 'abdomen'
  | 'subdural'
  | 'stroke'
  | 'narrow'
  | 'wide'
  | 'full';

export interface Preset {
  id: PresetId;
  /** Digit 1–9 on the keyboard. */
  key: string;
  /** Absent when the window depends on the picture (`file`, `full`) or on the present one. */
  window?: Window;
  /** Width as a multiple of the file's own: MR, PET and projection pictures have no absolute scale. */
  factor?: number;
}

const CT: Preset[] = [
  { id: 'file', key: '1' },
  { id: 'lung', key: '2', window: { center: -600, width: 1500 } },
  { id: 'mediastinum', key: '3', window: { center: 40, width: 400 } },
  { id: 'bone', key: '4', window: { center: 300, width: 1500 } },
  { id: 'brain', key: '5', window: { center: 40, width: 80 } },
  { id: 'liver', key: '6', window: { center: 50, width: 150 } },
  { id: 'abdomen', key: '7', window: { center: 50, width: 400 } },
  { id: 'subdural', key: '8', window: { center: 75, width: 215 } },
  { id: 'stroke', key: '9', window: { center: 35, width: 40 } },
];

const RELATIVE: Preset[] = [
  { id: 'file', key: '1', factor: 1 },
  { id: 'narrow', key: '2', factor: 0.6 },
  { id: 'wide', key: '3', factor: 1.6 },
  { id: 'full', key: '4' },
];

const NONE: readonly Preset[] = [];

/** Whether another browser's word is the name of a preset. */
export const isPreset = (word: unknown): word is PresetId =>
  [...CT, ...RELATIVE].some((preset) => preset.id === word);

/** Colour pictures have no window; CT has absolute ones; everything else scales its own. */
export function presetsFor(modality: string, colour: boolean): readonly Preset[] {
  if (colour) return NONE;
  return modality === 'CT' ? CT : RELATIVE;
}

/** PS3.3 C.11.2.1.2: LINEAR maps (c - 0.5) - (w - 1)/2 … (c - 0.5) + (w - 1)/2; the others c ± w/2. */
export function rangeOf({ center, width }: Window, fn: string | undefined): Range {
  if (fn === 'LINEAR_EXACT' || fn === 'SIGMOID')
    return { lower: center - width / 2, upper: center + width / 2 };
  const w = Math.max(1, width);
  return { lower: center - 0.5 - (w - 1) / 2, upper: center - 0.5 + (w - 1) / 2 };
}

export function windowOf({ lower, upper }: Range, fn: string | undefined): Window {
  if (fn === 'LINEAR_EXACT' || fn === 'SIGMOID') return { center: (lower + upper) / 2, width: upper - lower };
  return { center: (lower + upper + 1) / 2, width: upper - lower + 1 };
}

export interface VoiLut {
  first: number;
  entries: readonly number[];
}

/** The straight window that comes nearest a VOI LUT: between 2 % and 98 % of its output. */
export function windowOfLut({ first, entries }: VoiLut): Window | null {
  if (entries.length < 2) return null;
  const low = Math.min(entries[0] ?? 0, entries.at(-1) ?? 0);
  const high = Math.max(entries[0] ?? 0, entries.at(-1) ?? 0);
  if (high <= low) return null;
  const inside = (value: number) => value > low + 0.02 * (high - low) && value < low + 0.98 * (high - low);
  const from = entries.findIndex(inside);
  const to = entries.findLastIndex(inside);
  if (from < 0 || to <= from) return { center: first + entries.length / 2, width: entries.length };
  return { center: first + (from + to + 1) / 2, width: to - from + 1 };
}

/** What a preset means for a picture whose own window is `file` and whose pixels span `full`. */
export function windowOfPreset(preset: Preset, file: Window, full: Range): Window {
  if (preset.window) return preset.window;
  if (preset.id === 'full')
    return { center: (full.lower + full.upper) / 2, width: Math.max(1, full.upper - full.lower) };
  return { center: file.center, width: Math.max(1, file.width * (preset.factor ?? 1)) };
}
