import type { Tool } from './types';

interface Dragged {
  /** The chosen tool: the left button moves the sheet, and enlarges it while that tool is chosen. */
  tool(): Tool;
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: { x: number; y: number }): void;
}

const PER_PIXEL = 0.006;

/** Left and middle button move, right button enlarges, two fingers do both. */
export function dragOf(canvas: HTMLCanvasElement, signal: AbortSignal, does: Dragged): void {
  const points = new Map<number, { x: number; y: number }>();
  let held = { x: 0, y: 0 };
  let enlarging = false;
  const down = (event: PointerEvent) => {
    canvas.setPointerCapture(event.pointerId);
    points.set(event.pointerId, { x: event.clientX, y: event.clientY });
    held = { x: event.offsetX, y: event.offsetY };
    enlarging = event.button === 2 || (event.button === 0 && does.tool() === 'zoom');
  };
  const move = (event: PointerEvent) => {
    const before = points.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...points].find(([id]) => id !== event.pointerId)?.[1];
    points.set(event.pointerId, now);
    if (other) {
      const apart = (point: { x: number; y: number }) =>
        Math.hypot(point.x - other.x, point.y - other.y) || 1;
      does.zoom(apart(now) / apart(before), { x: event.offsetX, y: event.offsetY });
    } else if (enlarging) does.zoom(Math.exp((before.y - now.y) * PER_PIXEL), held);
    else does.pan(now.x - before.x, now.y - before.y);
  };
  const up = (event: PointerEvent) => points.delete(event.pointerId);
  canvas.addEventListener('pointerdown', down, { signal });
  canvas.addEventListener('pointermove', move, { signal });
  for (const name of ['pointerup', 'pointercancel'] as const) canvas.addEventListener(name, up, { signal });
}
