import type { DragEvent } from 'react';
import type { Viewer } from '@/viewer';

/** What a series tile carries while it is dragged. */
export const STACK_TYPE = 'application/x-teleconsult-stack';

export const mayDrop = (event: DragEvent): void => {
  if (event.dataTransfer.types.includes(STACK_TYPE)) event.preventDefault();
};

/** Puts the dropped series into the pane under the mouse. */
export function dropInto(viewer: Viewer, event: DragEvent): void {
  event.preventDefault();
  const pane = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-pane]') : null;
  const paneId = pane?.dataset.pane;
  if (!paneId) return;
  viewer.activate(paneId);
  viewer.show(event.dataTransfer.getData(STACK_TYPE), paneId);
}
