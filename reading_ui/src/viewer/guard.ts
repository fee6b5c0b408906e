import type { PaneView, Tool } from './types';

const LOOKING: ReadonlySet<Tool> = new Set(['window', 'scroll', 'pan', 'zoom']);

/**
 * No mark is begun on a preview: the library places what is drawn on it by the smaller picture, and it would lie elsewhere on the
 * complete one.
 */
export function guardPreview(element: HTMLElement, view: () => PaneView, tool: () => Tool): void {
  const stop = (event: Event) => {
    if (view().quality === 'preview' && !LOOKING.has(tool())) event.stopImmediatePropagation();
  };
  for (const name of ['mousedown', 'touchstart']) element.addEventListener(name, stop, { capture: true });
}
