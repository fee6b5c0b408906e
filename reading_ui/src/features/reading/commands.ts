import type { Tool, Viewer, ViewerState } from '@/viewer';
import type { ToolIconName } from './icons';

/** The viewer's commands in one table: toolbar, keyboard and help sheet are drawn from it. */
export interface Command {
  id: string;
  icon: ToolIconName;
  keys?: string;
  run: (viewer: Viewer) => void;
}

export const TOOLS: ReadonlyArray<{ tool: Tool; keys: string }> = [
  { tool: 'window', keys: 'w' },
  { tool: 'scroll', keys: 's' },
  { tool: 'pan', keys: 'p' },
  { tool: 'zoom', keys: 'z' },
  { tool: 'length', keys: 'l' },
  { tool: 'angle', keys: 'a' },
  { tool: 'rectangle', keys: 'r' },
  { tool: 'ellipse', keys: 'e' },
  { tool: 'probe', keys: 'b' },
];

export const MARK_COMMANDS: readonly Command[] = [
  { id: 'remove', icon: 'remove', keys: 'Delete', run: (viewer) => viewer.removeMark() },
  { id: 'undo', icon: 'undo', keys: 'ctrl+z', run: (viewer) => viewer.undo() },
];

export const LOOK_COMMANDS: readonly Command[] = [
  { id: 'fill', icon: 'fill', keys: '0', run: (viewer) => viewer.fit() },
  { id: 'actual', icon: 'actual', run: (viewer) => viewer.actualSize() },
  { id: 'invert', icon: 'invert', keys: 'i', run: (viewer) => viewer.invert() },
  { id: 'rotate', icon: 'rotate', keys: ']', run: (viewer) => viewer.rotate(90) },
  { id: 'mirror', icon: 'mirror', keys: 'h', run: (viewer) => viewer.flip('horizontal') },
  { id: 'flip', icon: 'flip', keys: 'v', run: (viewer) => viewer.flip('vertical') },
  { id: 'reset', icon: 'reset', keys: 'x', run: (viewer) => viewer.reset() },
];

export const LAYOUTS = [
  { layout: '1x1', icon: 'layout1', keys: 'F1' },
  { layout: '1x2', icon: 'layout2', keys: 'F2' },
  { layout: '2x2', icon: 'layout4', keys: 'F4' },
] as const;

/** Moves that have a key but no button. */
export const MOVES: ReadonlyArray<{ id: string; keys: string; run: (viewer: Viewer) => void }> = [
  { id: 'next', keys: 'ArrowDown', run: (viewer) => viewer.step(1) },
  { id: 'previous', keys: 'ArrowUp', run: (viewer) => viewer.step(-1) },
  { id: 'ahead', keys: 'shift+ArrowDown', run: (viewer) => viewer.step(10) },
  { id: 'back', keys: 'shift+ArrowUp', run: (viewer) => viewer.step(-10) },
  { id: 'first', keys: 'Home', run: (viewer) => viewer.goTo(0) },
  { id: 'last', keys: 'End', run: (viewer) => viewer.goTo(Number.MAX_SAFE_INTEGER) },
  { id: 'zoomIn', keys: '=', run: (viewer) => viewer.zoom(1.25) },
  { id: 'zoomOut', keys: '-', run: (viewer) => viewer.zoom(0.8) },
  { id: 'nextSeries', keys: 'PageDown', run: (viewer) => neighbour(viewer, 1) },
  { id: 'previousSeries', keys: 'PageUp', run: (viewer) => neighbour(viewer, -1) },
];

/** Shows the series before or after the present one; stops at the ends. */
export function neighbour(viewer: Viewer, step: 1 | -1): void {
  const { panes, active } = viewer.state.get();
  const now = panes.find((pane) => pane.id === active)?.stackId;
  const at = viewer.stacks.findIndex((stack) => stack.id === now);
  const next = viewer.stacks[at + step];
  if (next) viewer.show(next.id);
}

function showsPictures({ panes, active }: ViewerState): boolean {
  const pane = panes.find((found) => found.id === active);
  return pane !== undefined && pane.header !== null;
}

const ECG_TOOLS: readonly string[] = ['pan', 'zoom'];
const ECG_COMMANDS: readonly string[] = ['fill', 'actual', 'invert', 'reset'];

/** What the tools can do in the active pane: a picture takes all of them, an ECG a few. */
export function usable(state: ViewerState): (id: string) => boolean {
  const pane = state.panes.find((found) => found.id === state.active);
  if (pane?.ecg) return (id) => ECG_TOOLS.includes(id) || ECG_COMMANDS.includes(id);
  return showsPictures(state) ? () => true : () => false;
}

/** The tool of the left button; an ECG is moved unless it is being enlarged. */
export function toolInHand({ panes, active, tool }: ViewerState): Tool {
  const ecg = panes.find((found) => found.id === active)?.ecg;
  return ecg && tool !== 'zoom' ? 'pan' : tool;
}

/** Space: starts or stops the loop of the active pane. */
export function toggleCine(viewer: Viewer): void {
  const { panes, active } = viewer.state.get();
  viewer.play(panes.find((pane) => pane.id === active)?.cine.playing !== true);
}
