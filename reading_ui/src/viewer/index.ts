/**
 * The viewer's door. This is the only folder that imports Cornerstone; everything that leaves it is a plain value,
 * a function or the `Viewer` below.
 */

export { ECG_FRAME, type EcgView } from './ecgScreen';
export { ECG_GAINS, ECG_SPEEDS } from './ecgSheet';
export type { Failure } from './failures';
export { PANES } from './grid';
export type { Header } from './header';
export { isColour } from './header';
export type { Manifest } from './manifest';
export type { Measure } from './measure';
export { lengthOf } from './measure';
export { type MeasureWords, measurePhrase } from './measureText';
export { alongNormal, planeOf } from './orientation';
export { type Preset, presetsFor } from './presets';
export { type Affine, apply as toScreen, scaleOf } from './sharedPlace';
export { readSharedView, type SharedView } from './sharedView';
export type { PicturePoint, Shared } from './sharing';
export { DAMAGED, type Gap, gapsOf, isDamaged, type Stack, stacksOf } from './stacks';
export type { Layout, MarkView, PaneView, RenderPath, Tool, Viewer, ViewerState } from './types';
export { openViewer } from './viewer';
