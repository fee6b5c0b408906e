import type { Readable } from './cell';
import type { EcgLook } from './ecgPlace';
import type { EcgView } from './ecgScreen';
import type { Failure } from './failures';
import type { Header } from './header';
import type { Manifest } from './manifest';
import type { MarkKind, Measure } from './measure';
import type { MeasureWords } from './measureText';
import type { Edges } from './orientation';
import type { PresetId, Window } from './presets';
import type { Shared } from './sharing';
import type { Stack } from './stacks';

export type Layout = '1x1' | '1x2' | '2x2';
export type Tool = 'window' | 'scroll' | 'pan' | 'zoom' | MarkKind;
export type RenderPath = 'cpu' | 'gpu';

/** Everything a screen may know of one pane. Plain values: nothing of the drawing library leaves this folder. */
export interface PaneView {
  id: string;
  stackId: string | null;
  /** Picture on the screen (0-based) and the one asked for; they differ while it is on its way. */
  index: number;
  target: number;
  count: number;
  phase: 'empty' | 'loading' | 'shown' | 'failed' | 'document';
  quality: 'preview' | 'full';
  failure: Failure | null;
  header: Header | null;
  window: Window | null;
  preset: PresetId | null;
  /** True when the picture has a VOI LUT that is only approximated by a straight window. */
  lutApproximated: boolean;
  colour: boolean;
  inverted: boolean;
  /** Screen pixels per picture pixel. */
  zoom: number | null;
  edges: Edges | null;
  /** Pictures of the stack that are decoded and in memory. */
  loaded: number;
  /** Pictures of the stack that cannot be had: known to be damaged, or asked for in vain. */
  lost: number;
  cine: { playing: boolean; fps: number; native: number; reached: number };
  /** What the pane shows while it holds an ECG. */
  ecg: EcgView | null;
}

export interface MarkView {
  id: string;
  kind: MarkKind;
  imageId: string;
  stackId: string;
  index: number;
  measure: Measure | null;
  selected: boolean;
}

export interface ViewerState {
  ready: boolean;
  path: RenderPath | null;
  layout: Layout;
  active: string;
  tool: Tool;
  panes: readonly PaneView[];
  marks: readonly MarkView[];
  canUndo: boolean;
}

export interface ViewerOptions {
  manifest: Manifest;
  words: MeasureWords;
  /** `auto` takes the CPU path where the rasteriser is software. */
  path?: 'auto' | RenderPath;
}

/** The door of the viewer. Every verb works on the active pane unless it names one. */
export interface Viewer {
  readonly stacks: readonly Stack[];
  readonly state: Readable<ViewerState>;
  /** What this viewer has in common with the viewers of others in a room. */
  readonly shared: Shared;
  layout(layout: Layout): void;
  activate(paneId: string): void;
  /** Shows a stack in a pane (the active one by default), at a picture or where the rules say. */
  show(stackId: string, paneId?: string, index?: number): void;
  goTo(index: number): void;
  step(delta: number): void;
  tool(tool: Tool): void;
  preset(key: string): void;
  window(window: Window): void;
  invert(): void;
  zoom(factor: number): void;
  actualSize(): void;
  fit(): void;
  rotate(degrees: 90 | -90): void;
  flip(axis: 'horizontal' | 'vertical'): void;
  reset(): void;
  /** Changes how an ECG is looked at. */
  ecg(look: Partial<EcgLook>, paneId?: string): void;
  play(on: boolean, fps?: number): void;
  removeMark(id?: string): void;
  clearMarks(): void;
  undo(): void;
  goToMark(id: string): void;
  speak(words: MeasureWords): void;
  close(): void;
}
