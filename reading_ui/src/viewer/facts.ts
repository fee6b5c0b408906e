import type { SharedView } from './sharedView';
import type { Shared } from './sharing';
import type { Stack } from './stacks';
import type { ViewerState } from './types';

/**
 * Read-only facts for tests and support, on `window.__viewer`. Nothing in the product reads them and nothing can be
 * changed through them; a browser test waits for one of them instead of sleeping.
 */
export interface ViewerFacts {
  readonly ready: boolean;
  readonly path: string | null;
  readonly layout: string;
  /** 0-based place of the picture on the screen in the active pane. */
  readonly imageIndex: number;
  readonly imageCount: number;
  /** Times any pane has drawn a picture since the viewer opened. */
  readonly renders: number;
  readonly seriesUid: string | null;
  readonly sopUid: string | null;
  readonly voi: { center: number; width: number } | null;
  readonly quality: string;
  readonly phase: string;
  readonly loaded: number;
  readonly lastError: string | null;
  readonly marks: number;
  readonly measures: ReadonlyArray<unknown>;
  /** What others in a room would be told of this screen. */
  readonly shared: SharedView | null;
}

declare global {
  interface Window {
    __viewer?: ViewerFacts;
  }
}

/** Publishes the facts; the returned function withdraws them. */
export function publishFacts(
  state: () => ViewerState,
  stacks: readonly Stack[],
  shared: Shared,
  renders: () => number,
): () => void {
  const active = () => state().panes.find((pane) => pane.id === state().active);
  const stack = () => stacks.find((found) => found.id === active()?.stackId);
  const facts: ViewerFacts = {
    get ready() {
      return state().ready;
    },
    get path() {
      return state().path;
    },
    get layout() {
      return state().layout;
    },
    get imageIndex() {
      return active()?.index ?? -1;
    },
    get imageCount() {
      return active()?.count ?? 0;
    },
    get renders() {
      return renders();
    },
    get seriesUid() {
      return stack()?.seriesUid ?? null;
    },
    get sopUid() {
      return stack()?.frames[active()?.index ?? 0]?.sopUid ?? null;
    },
    get voi() {
      return active()?.window ?? null;
    },
    get quality() {
      return active()?.quality ?? 'preview';
    },
    get phase() {
      return active()?.phase ?? 'empty';
    },
    get loaded() {
      return active()?.loaded ?? 0;
    },
    get lastError() {
      const failure = active()?.failure;
      return failure ? `${failure.code} ${failure.problem ?? failure.detail}`.trim() : null;
    },
    get marks() {
      return state().marks.length;
    },
    get measures() {
      return state().marks.map((mark) => mark.measure);
    },
    get shared() {
      return shared.get();
    },
  };
  window.__viewer = facts;
  return () => {
    if (window.__viewer === facts) delete window.__viewer;
  };
}
