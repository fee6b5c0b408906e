import { cache } from '@cornerstonejs/core';
import { outwards } from './neighbours';
import type { Stack } from './stacks';
import type { PaneView } from './types';

export const EMPTY: Omit<PaneView, 'id'> = {
  stackId: null,
  index: 0,
  target: 0,
  count: 0,
  phase: 'empty',
  quality: 'preview',
  failure: null,
  header: null,
  window: null,
  preset: null,
  lutApproximated: false,
  colour: false,
  inverted: false,
  zoom: null,
  edges: null,
  loaded: 0,
  lost: 0,
  cine: { playing: false, fps: 0, native: 0, reached: 0 },
  ecg: null,
};

/** The first thing a pane says of a stack, before anything has arrived. */
export const opening = (id: string, stack: Stack, at: number): PaneView => ({
  id,
  ...EMPTY,
  stackId: stack.id,
  index: at,
  target: at,
  count: stack.frames.length,
  lost: stack.frames.filter((ref) => ref.problem).length,
  phase: 'loading',
});

/** How many pictures of the stack are in memory, and how many cannot be had; null where that is what the pane says already. */
export function memoryOf(
  stack: Stack,
  failed: ReadonlySet<string>,
  { loaded, lost, target, failure }: PaneView,
): Pick<PaneView, 'loaded' | 'lost'> | null {
  const away = stack.frames.filter((ref) => !cache.isLoaded(ref.imageId));
  const shown = failure && stack.frames[target];
  const gone = away.filter((ref) => ref.problem || ref === shown || failed.has(ref.imageId));
  const now = { loaded: stack.frames.length - away.length, lost: gone.length };
  return now.loaded === loaded && now.lost === lost ? null : now;
}

/**
 * A loop starts at its beginning; slices open in the middle, where the thumbnail was taken, or at the nearest one that
 * can be shown.
 */
export function openingPlace(stack: Stack): number {
  const wish = stack.multiframe ? 0 : Math.floor((stack.frames.length - 1) / 2);
  const near = [wish, ...outwards(wish, stack.frames.length)];
  return near.find((place) => stack.frames[place]?.problem === null) ?? wish;
}
