import { cache, Enums, eventTarget, RenderingEngine } from '@cornerstonejs/core';
import { Enums as ToolEnums } from '@cornerstonejs/tools';
import { type Cell, cell } from './cell';
import { start } from './engine';
import { publishFacts } from './facts';
import { countOf, makeCell, setCells } from './grid';
import { guardPreview } from './guard';
import { forgetHeaders } from './headers';
import { fillPane, mirror, rotateBy, uuid, zoomBy } from './look';
import { canUndoMark, forgetMarks, Measurer, marksOf, removeMark, undoMark } from './marks';
import { Pane } from './pane';
import { Prefetcher } from './prefetcher';
import { forgetWays } from './progressive';
import { forgetSteps } from './resolution';
import { Sharing } from './sharing';
import { type Stack, stacksOf } from './stacks';
import { makeToolbox, styleMarks, type Toolbox } from './toolbox';
import type { Layout, Viewer, ViewerOptions, ViewerState } from './types';

const MARK_EVENTS = [
  ToolEnums.Events.ANNOTATION_ADDED,
  ToolEnums.Events.ANNOTATION_COMPLETED,
  ToolEnums.Events.ANNOTATION_MODIFIED,
  ToolEnums.Events.ANNOTATION_REMOVED,
  ToolEnums.Events.ANNOTATION_SELECTION_CHANGE,
];
const { IMAGE_CACHE_IMAGE_ADDED, IMAGE_CACHE_IMAGE_REMOVED, IMAGE_LOAD_FAILED } = Enums.Events;
const CACHE_EVENTS = [IMAGE_CACHE_IMAGE_ADDED, IMAGE_CACHE_IMAGE_REMOVED, IMAGE_LOAD_FAILED];

/** Keys of the CT windows for panes that repeat a series: mediastinum, lung, bone. */
const SECOND_LOOKS = ['3', '2', '4'];

/**
 * Opens a study in an element. Returns at once; `state` says when pictures can be shown, and what is asked for
 * before that is done then. `close` gives everything back and repeats safely. One viewer at a time.
 */
export function openViewer(host: HTMLElement, options: ViewerOptions): Viewer {
  return new Room(host, options);
}

class Room implements Viewer {
  readonly stacks: readonly Stack[];
  readonly state: Cell<ViewerState>;
  private readonly id = `viewer-${uuid()}`;
  private readonly measurer: Measurer;
  private readonly prefetcher = new Prefetcher(() => this.state.get().path);
  readonly shared = new Sharing({
    stacks: () => this.stacks,
    panes: () => this.panes,
    whenReady: (run) => this.whenReady(run),
    layout: () => this.state.get().layout,
    arrange: (layout) => this.arrange(layout),
    active: () => this.state.get().active,
    activate: (paneId) => this.activate(paneId),
  });
  private engine: RenderingEngine | null = null;
  private tools: Toolbox | null = null;
  private panes: Pane[] = [];
  private waiting: Array<() => void> = [];
  private readonly resizing: ResizeObserver;
  private readonly withdraw: () => void;
  private renders = 0;
  private closed = false;
  private frame: number | undefined;

  constructor(
    private readonly host: HTMLElement,
    private readonly options: ViewerOptions,
  ) {
    this.stacks = stacksOf(options.manifest, location.origin);
    this.measurer = new Measurer(options.words);
    this.state = cell<ViewerState>({
      ready: false,
      path: null,
      layout: '1x1',
      active: 'pane-0',
      tool: 'window',
      panes: [],
      marks: [],
      canUndo: false,
    });
    this.withdraw = publishFacts(this.state.get, this.stacks, this.shared, () => this.renders);
    this.resizing = new ResizeObserver(() => this.resize());
    void this.open();
  }

  private async open(): Promise<void> {
    const path = await start(this.options.path ?? 'auto');
    if (this.closed) return;
    this.engine = new RenderingEngine(this.id);
    this.tools = makeToolbox(`${this.id}-tools`, (kind, data, target) =>
      this.measurer.lines(kind, data, target),
    );
    styleMarks();
    for (const name of [...MARK_EVENTS, ...CACHE_EVENTS]) eventTarget.addEventListener(name, this.soon);
    this.change({ ready: true, path });
    this.arrange('1x1');
    this.resizing.observe(this.host);
    for (const run of this.waiting.splice(0)) run();
  }

  private change(part: Partial<ViewerState>): void {
    this.state.set({ ...this.state.get(), ...part });
  }

  private whenReady(run: () => void): void {
    if (this.state.get().ready) run();
    else if (!this.closed) this.waiting.push(run);
  }

  /** One report per screen frame, however much happened in it. */
  private soon = (): void => {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.closed) return;
      for (const pane of this.panes) pane.recount(this.prefetcher.failed);
      this.shared.settle();
      const panes = this.panes.map((pane) => pane.view.get());
      this.change({ panes, marks: marksOf(this.stacks, this.measurer), canUndo: canUndoMark() });
    });
  };

  private arrange(layout: Layout): void {
    const { engine, tools } = this;
    const { path } = this.state.get();
    if (!engine || !tools || !path) return;
    for (const gone of this.panes.splice(countOf(layout))) gone.close();
    const cells = setCells(this.host, layout, makeCell);
    for (const element of cells.slice(this.panes.length)) {
      const pane = new Pane(`pane-${this.panes.length}`, element, {
        engine,
        path,
        tools,
        tool: () => this.state.get().tool,
        dicomweb: this.options.manifest.dicomweb,
        moved: (at, direction) => this.moved(at, direction),
        rendered: () => {
          this.renders += 1;
        },
      });
      pane.view.subscribe(this.soon);
      guardPreview(element, pane.view.get, () => this.state.get().tool);
      element.addEventListener('pointerdown', () => this.activate(pane.id), { capture: true });
      this.panes.push(pane);
    }
    const active = this.panes.some((pane) => pane.id === this.state.get().active)
      ? this.state.get().active
      : 'pane-0';
    this.change({ layout, active, panes: this.panes.map((pane) => pane.view.get()) });
    this.resize();
  }

  private resize(): void {
    this.engine?.resize(true, true);
    for (const pane of this.panes) pane.resized();
    this.shared.again();
  }

  private moved(pane: Pane, direction: 1 | -1): void {
    if (pane.id !== this.state.get().active || !pane.stack) return;
    this.prefetcher.follow(pane.stack, pane.view.get().target, direction);
  }

  private get active(): Pane | undefined {
    return this.panes.find((pane) => pane.id === this.state.get().active);
  }

  private stackById = (id: string): Stack | undefined => this.stacks.find((stack) => stack.id === id);

  layout(layout: Layout): void {
    this.whenReady(() => {
      const shown = new Set(this.panes.map((pane) => pane.stack?.id));
      this.arrange(layout);
      // New panes take the next series that is not on the screen yet.
      const free = this.stacks.filter((stack) => !shown.has(stack.id));
      const empty = this.panes.filter((pane) => !pane.stack);
      for (const [index, pane] of empty.entries()) this.fill(pane, free.shift(), SECOND_LOOKS[index]);
    });
  }

  /** Without another series a pane shows the same place again; CT then in another window. */
  private fill(pane: Pane, free: Stack | undefined, look: string | undefined): void {
    const same = this.panes[0];
    if (free) void pane.show(free);
    else if (same?.stack?.kind === 'images') {
      const again = pane.show(same.stack, same.view.get().target);
      if (look && same.stack.modality === 'CT') void again.then(() => pane.preset(look));
    }
  }

  activate(paneId: string): void {
    if (paneId === this.state.get().active || !this.panes.some((pane) => pane.id === paneId)) return;
    this.change({ active: paneId });
    if (this.active) this.moved(this.active, 1);
  }

  show(stackId: string, paneId?: string, index?: number): void {
    this.whenReady(() => {
      const stack = this.stackById(stackId);
      const pane = paneId ? this.panes.find((found) => found.id === paneId) : this.active;
      if (stack && pane) void pane.show(stack, index);
    });
  }

  tool(tool: ViewerState['tool']): void {
    this.whenReady(() => {
      this.tools?.pick(tool);
      this.change({ tool });
    });
  }

  goTo = (index: number): void => this.active?.goTo(index);
  step = (delta: number): void => this.active?.step(delta);
  preset = (key: string): void => this.active?.preset(key);
  window: Viewer['window'] = (window) => this.active?.setWindow(window);
  invert = (): void => this.active?.invert();
  zoom(factor: number): void {
    if (this.active?.ecg) this.active.ecg.zoom(factor);
    else this.active?.camera((viewport) => zoomBy(viewport, factor), false);
  }

  fit(): void {
    if (this.active?.ecg) this.active.ecg.fit();
    else this.active?.camera(fillPane, true);
  }

  ecg: Viewer['ecg'] = (look, paneId = this.state.get().active) =>
    this.panes.find((pane) => pane.id === paneId)?.ecg?.look(look);
  rotate: Viewer['rotate'] = (degrees) =>
    this.active?.camera((viewport) => rotateBy(viewport, degrees), true);
  flip: Viewer['flip'] = (axis) => this.active?.camera((viewport) => mirror(viewport, axis), true);
  reset = (): void => this.active?.reset();
  play = (on: boolean, fps?: number): void => this.active?.play(on, fps);

  actualSize(): void {
    const { zoom, ecg } = this.active?.view.get() ?? {};
    if (ecg) this.ecg({ zoom: 1 });
    else if (zoom) this.zoom(1 / zoom);
  }

  removeMark(id?: string): void {
    const { marks } = this.state.get();
    const found = id ?? marks.find((mark) => mark.selected)?.id ?? marks.at(-1)?.id;
    if (!found) return;
    removeMark(found, this.active?.element ?? null);
    this.redraw();
  }

  clearMarks(): void {
    for (const mark of this.state.get().marks) removeMark(mark.id, this.active?.element ?? null);
    this.redraw();
  }

  undo(): void {
    undoMark();
    this.redraw();
  }

  goToMark(id: string): void {
    const mark = this.state.get().marks.find((found) => found.id === id);
    if (!mark) return;
    const pane = this.panes.find((found) => found.stack?.id === mark.stackId);
    if (pane) {
      this.activate(pane.id);
      pane.goTo(mark.index);
    } else this.show(mark.stackId, undefined, mark.index);
  }

  speak(words: ViewerOptions['words']): void {
    this.measurer.words = words;
    this.redraw();
  }

  private redraw(): void {
    this.engine?.render();
    this.soon();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.waiting = [];
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.resizing.disconnect();
    this.prefetcher.stop();
    for (const name of [...MARK_EVENTS, ...CACHE_EVENTS]) eventTarget.removeEventListener(name, this.soon);
    for (const pane of this.panes.splice(0)) pane.close();
    this.tools?.destroy();
    if (this.engine) {
      forgetMarks();
      this.engine.destroy();
      cache.purgeCache();
      forgetHeaders();
      forgetWays();
      forgetSteps();
    }
    this.host.replaceChildren();
    this.withdraw();
  }
}
