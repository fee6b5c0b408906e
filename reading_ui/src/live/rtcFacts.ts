import type { StoreApi } from 'zustand/vanilla';
import type { MediaState } from './rtcState';

/**
 * Read-only facts for tests and support, on `window.__media`. Nothing in the product reads them; a browser test waits
 * for one of them instead of sleeping.
 */
export interface MediaFacts {
  readonly phase: string;
  readonly why: string | null;
  readonly seat: string | null;
  readonly tiles: MediaState['tiles'];
  readonly quality: string | null;
  /** By kind, the device that is open: its name. */
  readonly devices: Record<string, string | null>;
  /** Pictures decoded so far over all slots of the present connection. */
  frames(): Promise<number>;
  stats(): Promise<Array<Record<string, unknown>>>;
}

declare global {
  interface Window {
    __media?: MediaFacts;
  }
}

const decoded = (rows: Array<Record<string, unknown>>): number =>
  rows.reduce(
    (sum, row) =>
      row.type === 'inbound-rtp' && typeof row.framesDecoded === 'number' ? sum + row.framesDecoded : sum,
    0,
  );

/** Publishes the facts; the returned function withdraws them. */
export function publishMediaFacts(store: StoreApi<MediaState>, stats: MediaFacts['stats']): () => void {
  const facts: MediaFacts = {
    get phase() {
      return store.getState().phase;
    },
    get why() {
      return store.getState().why;
    },
    get seat() {
      return store.getState().seat;
    },
    get tiles() {
      return store.getState().tiles;
    },
    get quality() {
      return store.getState().quality;
    },
    get devices() {
      const { own } = store.getState();
      return Object.fromEntries(Object.entries(own).map(([kind, { track }]) => [kind, track?.label ?? null]));
    },
    frames: async () => decoded(await stats()),
    stats,
  };
  window.__media = facts;
  return () => {
    if (window.__media === facts) delete window.__media;
  };
}
