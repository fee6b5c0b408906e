import { cache, Enums, imageLoader } from '@cornerstonejs/core';
import { isColour } from './header';
import { headerFor } from './headers';
import { cacheBudget, mayPrefetch, outwards } from './neighbours';
import { aheadOptions } from './progressive';
import type { Stack } from './stacks';
import type { RenderPath } from './types';

const AT_ONCE = 4;

/** Brings in the neighbours of what is looked at, nearest first, and never more than the cache may hold. */
export class Prefetcher {
  private queue: string[] = [];
  private readonly underway = new Set<string>();
  readonly failed = new Set<string>();
  private stopped = false;

  constructor(private readonly path: () => RenderPath | null) {}

  /** Attention moved: what was queued for the old place is dropped, what is under way finishes. */
  follow(stack: Stack, index: number, direction: 1 | -1): void {
    const first = stack.frames[index];
    const header = first ? headerFor(first.imageId) : undefined;
    if (!header || stack.kind !== 'images') return;
    const { rows, columns, bitsAllocated } = header.pixels;
    const bytes = rows * columns * (isColour(header) ? 4 : bitsAllocated > 8 ? 2 : 1);
    const most = mayPrefetch(cacheBudget(undefined), bytes);
    this.queue = outwards(index, stack.frames.length, direction)
      .slice(0, most)
      .flatMap((at) => {
        const ref = stack.frames[at];
        return ref && !ref.problem ? [ref.imageId] : [];
      })
      .filter((id) => !this.failed.has(id) && !cache.isLoaded(id));
    this.pump();
  }

  private pump(): void {
    while (!this.stopped && this.underway.size < AT_ONCE) {
      const id = this.queue.shift();
      if (id === undefined) return;
      if (this.underway.has(id) || cache.isLoaded(id)) continue;
      this.underway.add(id);
      const done = () => {
        this.underway.delete(id);
        this.pump();
      };
      imageLoader.loadAndCacheImage(id, { ...this.options(), ...aheadOptions(id) }).then(done, () => {
        // The pane says why when somebody looks at this picture; fetching ahead stays silent.
        this.failed.add(id);
        done();
      });
    }
  }

  /** Colour is kept as RGBA on the CPU path and as RGB on the GPU: the cache is shared with the pane. */
  private options() {
    return { requestType: Enums.RequestType.Prefetch, priority: 0, useRGBA: this.path() === 'cpu' };
  }

  stop(): void {
    this.stopped = true;
    this.queue = [];
  }
}
