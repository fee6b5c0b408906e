import { Enums, eventTarget, type Types } from '@cornerstonejs/core';
import type { Range } from './presets';

const { Events } = Enums;

/** What can happen on a pane's element, in this folder's own terms. */
export interface PaneEvents {
  rendered(): void;
  /** A person dragged the window tool. */
  windowed(range: Range): void;
  /** A person moved or zoomed the picture. */
  cameraMoved(): void;
  /** The scroll tool moved the stack by itself. */
  scrolled(index: number): void;
  wheel(steps: 1 | -1): void;
  loadFailed(imageId: string, error: unknown): void;
}

const NOTCH = 40;

/** Listens until the returned function is called. */
export function listenTo(element: HTMLDivElement, happen: PaneEvents): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  let pressed = false;
  let wheel = 0;
  const on = (name: string, run: (event: Event) => void) => element.addEventListener(name, run, { signal });

  on(Events.IMAGE_RENDERED, () => happen.rendered());
  on(Events.VOI_MODIFIED, (event) => {
    if (pressed) happen.windowed((event as Types.EventTypes.VoiModifiedEvent).detail.range);
  });
  on(Events.CAMERA_MODIFIED, () => {
    if (pressed) happen.cameraMoved();
  });
  on(Events.STACK_VIEWPORT_SCROLL, (event) => {
    happen.scrolled((event as Types.EventTypes.StackViewportScrollEvent).detail.newImageIdIndex);
  });
  on('pointerdown', () => {
    pressed = true;
  });
  window.addEventListener(
    'pointerup',
    () => {
      pressed = false;
    },
    { signal },
  );

  const turn = (event: WheelEvent) => {
    if (event.ctrlKey) return;
    event.preventDefault();
    // A mouse notch is about 100 pixels; a touchpad sends many small steps.
    wheel += event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * NOTCH;
    if (Math.abs(wheel) < NOTCH) return;
    happen.wheel(wheel > 0 ? 1 : -1);
    wheel = 0;
  };
  element.addEventListener('wheel', turn, { signal, passive: false });

  const failed = (event: Event) => {
    const detail: unknown = event instanceof CustomEvent ? event.detail : undefined;
    if (typeof detail !== 'object' || detail === null || !('imageId' in detail)) return;
    if (typeof detail.imageId === 'string') {
      happen.loadFailed(detail.imageId, 'error' in detail ? detail.error : undefined);
    }
  };
  eventTarget.addEventListener(Events.IMAGE_LOAD_ERROR, failed);
  return () => {
    stop.abort();
    eventTarget.removeEventListener(Events.IMAGE_LOAD_ERROR, failed);
  };
}
