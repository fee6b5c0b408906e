import type { Point } from './calibration';
import { affineOf, canvasOf, extentOf, lay } from './lay';
import type { Pane } from './pane';
import { type Affine, apply, inverse, type Place, placeOf } from './sharedPlace';
import { locate, type SharedPane, type SharedView } from './sharedView';
import type { Stack } from './stacks';
import type { Layout } from './types';

/** A point on a picture: what a pointer or a mark is about, on whatever screen. */
export interface PicturePoint {
  paneId: string;
  series_uid: string;
  sop_uid: string;
  frame: number;
  point: Point;
}

/** What a viewer has in common with the viewers of others. */
export interface Shared {
  /** What this screen shows; null before anything is shown. */
  get(): SharedView | null;
  /** Shows what another screen shows, and holds it when this one changes its size. The latest wins. */
  apply(view: SharedView): void;
  /** Stops holding: this screen goes its own way. */
  release(): void;
  /** From picture to screen (CSS pixels of the pane), as the pane is drawn now. */
  affine(paneId: string): Affine | null;
  /** What lies under this place of the window. */
  at(clientX: number, clientY: number): PicturePoint | null;
}

/** What sharing needs of the viewer around it. */
export interface SharingRoom {
  stacks(): readonly Stack[];
  panes(): readonly Pane[];
  whenReady(run: () => void): void;
  layout(): Layout;
  arrange(layout: Layout): void;
  active(): string;
  activate(paneId: string): void;
}

const TRIES = 5;
const short = (value: number, digits = 3): number => Number(value.toFixed(digits));

export class Sharing implements Shared {
  private held: SharedView | null = null;
  private readonly pending = new Map<string, { value: SharedPane; tries: number }>();

  constructor(private readonly room: SharingRoom) {}

  get(): SharedView | null {
    const panes = this.room.panes();
    if (!panes.some((pane) => pane.stack)) return null;
    const active = panes.findIndex((pane) => pane.id === this.room.active());
    return { layout: this.room.layout(), active: Math.max(0, active), panes: panes.map(sharedOf) };
  }

  apply(view: SharedView): void {
    this.held = view;
    this.room.whenReady(() => this.again());
  }

  release(): void {
    this.held = null;
    this.pending.clear();
  }

  /** Brings about what is held; also after this screen has changed its size. */
  again(): void {
    const { held, room } = this;
    if (!held) return;
    if (room.layout() !== held.layout) room.arrange(held.layout);
    room.activate(`pane-${held.active}`);
    for (const [index, value] of held.panes.entries()) {
      const pane = room.panes()[index];
      if (pane && value) this.show(pane, value);
    }
    this.settle();
  }

  private show(pane: Pane, value: SharedPane): void {
    const found = locate(this.room.stacks(), value);
    if (!found) return;
    this.pending.set(pane.id, { value, tries: TRIES });
    const { phase, target } = pane.view.get();
    const other = pane.stack?.id !== found.stack.id;
    // A pane whose first picture is still on its way cannot turn to another one: it begins anew with the right one.
    if (other || (phase === 'loading' && target !== found.index)) void pane.show(found.stack, found.index);
    else pane.goTo(found.index);
  }

  /** Gives panes that have a picture by now the look they still owe; called after every drawing. */
  settle(): void {
    for (const pane of this.room.panes()) {
      const owed = this.pending.get(pane.id);
      if (!owed || pane.view.get().phase !== 'shown') continue;
      owed.tries -= 1;
      if (look(pane, owed.value) || owed.tries <= 0) this.pending.delete(pane.id);
    }
  }

  private paneOf = (id: string): Pane | undefined => this.room.panes().find((pane) => pane.id === id);

  affine(paneId: string): Affine | null {
    const pane = this.paneOf(paneId);
    const { header } = pane?.view.get() ?? {};
    return pane?.viewport && header ? affineOf(pane.viewport, header) : null;
  }

  at(clientX: number, clientY: number): PicturePoint | null {
    for (const pane of this.room.panes()) {
      const box = pane.element.getBoundingClientRect();
      const inside = clientX >= box.left && clientX < box.right && clientY >= box.top && clientY < box.bottom;
      if (!inside) continue;
      const affine = this.affine(pane.id);
      const back = affine && inverse(affine);
      const ref = pane.stack?.frames[pane.view.get().index];
      if (!back || !pane.stack || !ref) return null;
      const [x, y] = apply(back, [clientX - box.left, clientY - box.top]);
      const picture = { series_uid: pane.stack.seriesUid, sop_uid: ref.sopUid, frame: ref.frame };
      return { paneId: pane.id, ...picture, point: [short(x, 2), short(y, 2)] };
    }
    return null;
  }
}

const NOWHERE: Place = { zoom: 1, pan: [0, 0], span: [0, 0], rotation: 0, mirrored: false };

function placeOfPane(pane: Pane): Place | null {
  const { header } = pane.view.get();
  const affine = pane.viewport && header ? affineOf(pane.viewport, header) : null;
  if (!affine || !header || !pane.viewport) return null;
  return placeOf(affine, extentOf(header), canvasOf(pane.viewport));
}

function sharedOf(pane: Pane): SharedPane | null {
  const { stack } = pane;
  const view = pane.view.get();
  const ref = stack?.frames[view.target];
  if (!stack || !ref) return null;
  const place = placeOfPane(pane) ?? NOWHERE;
  return {
    series_uid: stack.seriesUid,
    sop_uid: ref.sopUid,
    frame: ref.frame,
    slice: view.target,
    window: view.window && { center: short(view.window.center), width: short(view.window.width) },
    preset: view.preset,
    zoom: short(place.zoom, 5),
    pan: [short(place.pan[0], 2), short(place.pan[1], 2)],
    span: [short(place.span[0], 2), short(place.span[1], 2)],
    rotation: short(place.rotation, 2),
    flip_h: place.mirrored,
    invert: view.inverted,
    ecg: view.ecg?.look ?? null,
  };
}

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-2;

/** Window, polarity and place. True when nothing more is owed. */
function look(pane: Pane, value: SharedPane): boolean {
  const view = pane.view.get();
  if (value.ecg && pane.ecg) {
    pane.ecg.look(value.ecg);
    return true;
  }
  const { window } = value;
  const same =
    view.window && window && near(view.window.center, window.center) && near(view.window.width, window.width);
  if (window && view.window && !(same && view.preset === value.preset)) pane.setWindow(window, value.preset);
  if (view.inverted !== value.invert) pane.invert();
  const { header } = view;
  // A place that was told before the presenter's picture was drawn is none.
  if (!header || !pane.viewport || value.span[0] <= 0) return true;
  const place: Place = { ...value, mirrored: value.flip_h };
  let laid = true;
  pane.camera((viewport) => {
    laid = lay(viewport, header, place);
  }, false);
  return laid;
}
