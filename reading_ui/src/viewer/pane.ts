import { cache, type RenderingEngine, type StackViewport } from '@cornerstonejs/core';
import { type Cell, cell } from './cell';
import { nativeRate } from './cineClock';
import { CinePlayer } from './cinePlayer';
import { fetchEcg } from './ecg';
import { EcgScreen } from './ecgScreen';
import { type Failure, failureOf, failureOfProblem } from './failures';
import { isColour } from './header';
import { headerFor, learn } from './headers';
import { fillPane, resetCamera } from './look';
import { Mount } from './mount';
import { listenTo } from './paneEvents';
import { lookOf } from './paneLook';
import { EMPTY, memoryOf, opening, openingPlace } from './paneView';
import { noteDrawn } from './picture';
import type { PresetId, Range, Window } from './presets';
import { chooseWay } from './progressive';
import type { Stack } from './stacks';
import type { Toolbox } from './toolbox';
import type { PaneView, RenderPath, Tool } from './types';
import { Voi } from './voi';

/** What a pane needs of the viewer around it. */
export interface PaneRoom {
  engine: RenderingEngine;
  path: RenderPath;
  dicomweb: string;
  tools: Toolbox;
  tool(): Tool;
  moved(pane: Pane, direction: 1 | -1): void;
  rendered(): void;
}

/** One picture on the screen: a stack, where it stands in it, and how it is looked at. */
export class Pane {
  readonly view: Cell<PaneView>;
  stack: Stack | null = null;
  ecg: EcgScreen | null = null;
  private places = new Map<string, number>();
  private readonly voi = new Voi();
  private readonly cine: CinePlayer;
  private fitted = true;
  private turn = 0;
  private later: ReturnType<typeof setTimeout> | undefined;
  private readonly mount: Mount;
  private readonly deafen: () => void;

  constructor(
    readonly id: string,
    readonly element: HTMLDivElement,
    private readonly room: PaneRoom,
  ) {
    this.view = cell<PaneView>({ id, ...EMPTY });
    this.cine = new CinePlayer({
      count: () => this.view.get().count,
      index: () => this.view.get().target,
      loaded: (index) => cache.isLoaded(this.stack?.frames[index]?.imageId ?? ''),
      goTo: (index) => this.goTo(index, true),
      reached: (reached) => this.change({ cine: { ...this.view.get().cine, reached } }),
    });
    this.mount = new Mount(id, element, room.engine, room.tools, () => this.fitted);
    this.deafen = listenTo(element, {
      rendered: () => this.rendered(),
      windowed: (range) => this.windowed(range),
      cameraMoved: () => {
        this.fitted = false;
      },
      scrolled: (index) => this.scrolled(index),
      wheel: (steps) => this.step(steps),
      loadFailed: (imageId, error) => this.loadFailed(imageId, error),
    });
  }

  private change(part: Partial<PaneView>): void {
    this.view.set({ ...this.view.get(), ...part });
  }

  /** The stack viewport, while this pane shows pictures. */
  get viewport(): StackViewport | null {
    return this.stack?.kind === 'images' ? this.mount.stack : null;
  }

  async show(stack: Stack, index?: number): Promise<void> {
    this.stopCine();
    clearTimeout(this.later);
    this.ecg?.close();
    this.ecg = null;
    const turn = ++this.turn;
    const at = index ?? openingPlace(stack);
    this.stack = stack;
    this.places = new Map(stack.frames.map((ref, place) => [ref.imageId, place]));
    this.voi.restart();
    this.fitted = true;
    this.view.set(opening(this.id, stack, at));
    if (stack.kind !== 'images' && stack.kind !== 'ecg') return this.showDocument();
    try {
      await learn(this.room.dicomweb, stack);
      if (turn !== this.turn) return;
      if (stack.frames[at]?.problem && stack.kind === 'images') this.fail(failureOf(undefined));
      else await (stack.kind === 'ecg' ? this.showEcg(stack) : this.showPictures(stack, at));
    } catch (error) {
      if (turn === this.turn) this.fail(failureOf(error));
    }
  }

  private showDocument(): void {
    this.mount.drop();
    this.change({ phase: 'document', quality: 'full' });
  }

  private async showEcg(stack: Stack): Promise<void> {
    const turn = this.turn;
    this.mount.drop();
    const recording = await fetchEcg(stack, this.room.dicomweb);
    if (turn !== this.turn) return;
    this.ecg = new EcgScreen(this.element, this.room.tool, (ecg) => {
      this.change({ phase: 'shown', quality: 'full', loaded: 1, ecg });
      this.room.rendered();
    });
    this.ecg.show(recording);
  }

  private async showPictures(stack: Stack, at: number): Promise<void> {
    const viewport = this.mount.forStack();
    const header = headerFor(stack.frames[at]?.imageId ?? '');
    if (header) {
      const native = nativeRate(header.cine, stack.multiframe);
      this.change({ header, colour: isColour(header), cine: { ...EMPTY.cine, fps: native, native } });
    }
    chooseWay(stack, this.room.path);
    await viewport.setStack([...this.places.keys()], at);
    this.room.moved(this, 1);
  }

  /** Asks for a picture by place; what is not in memory is asked for only when the scrolling pauses. */
  goTo(index: number, turning = false): void {
    this.ecg?.scroll(index > 0 ? Infinity : -Infinity);
    const { viewport, stack } = this;
    if (!viewport || !stack) return;
    if (!turning) this.stopCine();
    const at = Math.max(0, Math.min(stack.frames.length - 1, index));
    const { target: before, phase } = this.view.get();
    if (at === before) return;
    clearTimeout(this.later);
    this.change({ target: at, failure: null, phase: phase === 'failed' ? 'loading' : phase });
    const ask = () => viewport.setImageIdIndex(at).catch(() => undefined);
    // Known since the study was prepared: asking would only fail again.
    if (stack.frames[at]?.problem) this.fail(failureOf(undefined));
    else if (turning || cache.isLoaded(stack.frames[at]?.imageId ?? '')) ask();
    else this.later = setTimeout(ask, 30);
    if (!turning) this.room.moved(this, at >= before ? 1 : -1);
  }

  step(delta: number): void {
    if (this.ecg) this.ecg.step(delta);
    else this.goTo(this.view.get().target + delta);
  }

  /** The picture on the screen with all that is known of it. */
  private get shown() {
    const { viewport, stack } = this;
    const { header, index } = this.view.get();
    const imageId = stack?.frames[index]?.imageId;
    return viewport && header && stack && imageId ? { viewport, header, stack, imageId } : null;
  }

  private relook(): void {
    const { shown } = this;
    if (!shown) return;
    this.voi.hold(shown.viewport, shown.header, shown.imageId, shown.stack, this.room.path);
    this.describe();
  }

  setWindow(window: Window, preset: PresetId | null = null): void {
    this.voi.choose(window, preset);
    this.relook();
  }

  preset(key: string): void {
    const { shown } = this;
    if (!shown) return;
    this.voi.chooseKey(key, shown.header, shown.imageId, shown.stack);
    this.relook();
  }

  invert(): void {
    this.ecg?.look({ paper: !this.view.get().ecg?.look.paper });
    this.voi.inverted = !this.voi.inverted;
    this.relook();
  }

  /** Runs camera work on the stack viewport, if there is one. `keepsFit` is false for zooming and moving. */
  camera(work: (viewport: StackViewport) => void, keepsFit: boolean): void {
    if (!this.viewport) return;
    work(this.viewport);
    this.fitted = keepsFit;
    this.describe();
  }

  reset(): void {
    this.ecg?.reset();
    this.voi.restart();
    this.camera(resetCamera, true);
    this.relook();
  }

  resized(): void {
    this.ecg?.resized();
    if (this.fitted && this.viewport && this.view.get().phase === 'shown') fillPane(this.viewport);
    this.describe();
  }

  play(on: boolean, fps?: number): void {
    const { cine, count } = this.view.get();
    if (!on || count < 2 || !this.viewport) {
      this.stopCine();
      return;
    }
    const rate = fps ?? cine.fps;
    this.cine.play(rate);
    this.change({ cine: { ...cine, playing: true, fps: rate } });
  }

  private stopCine(): void {
    if (!this.cine.playing) return;
    this.cine.stop();
    this.change({ cine: { ...this.view.get().cine, playing: false, reached: 0 } });
  }

  private rendered(): void {
    const { viewport, stack } = this;
    const image = viewport?.getCornerstoneImage();
    const place = image ? this.places.get(image.imageId) : undefined;
    const header = image ? headerFor(image.imageId) : undefined;
    if (image && place === undefined) this.strayed();
    if (!viewport || !stack || !image || place === undefined || !header) return;
    this.voi.hold(viewport, header, image.imageId, stack, this.room.path);
    const { target, failure } = this.view.get();
    if (failure && place !== target) return;
    const quality = noteDrawn(image) ? 'full' : 'preview';
    this.change({ phase: 'shown', index: place, header, failure: null, quality });
    this.describe();
    this.room.rendered();
  }

  /** On the CPU path a late picture of the stack before lands on this one where both stand at the same number. */
  private strayed(): void {
    const { phase, target } = this.view.get();
    if (phase === 'shown' && this.stack) void this.show(this.stack, target);
  }

  /** Numbers of the present look, for the overlay. */
  private describe(): void {
    if (this.shown) this.change(lookOf(this.shown, this.voi));
  }

  /** How much of the stack is in memory, and how much cannot be had; called when the cache changes. */
  recount(failed: ReadonlySet<string>): void {
    const now = this.stack?.kind === 'images' && memoryOf(this.stack, failed, this.view.get());
    if (now) this.change(now);
  }

  private windowed(range: Range): void {
    const { header } = this.view.get();
    if (!header || isColour(header)) return;
    this.voi.dragged(range, header);
    this.describe();
  }

  private scrolled(index: number): void {
    const before = this.view.get().target;
    if (index === before) return;
    this.stopCine();
    this.change({ target: index, failure: null });
    this.room.moved(this, index >= before ? 1 : -1);
  }

  private loadFailed(imageId: string, error: unknown): void {
    const place = this.places.get(imageId);
    if (place !== undefined && place === this.view.get().target) this.fail(failureOf(error));
  }

  /** The old picture must not stand under the new number: the screen covers a failed pane. */
  private fail(failure: Failure): void {
    const { target } = this.view.get();
    const ref = this.stack?.frames[target];
    const reason = ref?.problem ? failureOfProblem(ref.problem) : failure;
    const header = (this.stack?.kind === 'images' && headerFor(ref?.imageId ?? '')) || null;
    this.change({ phase: 'failed', index: target, failure: reason, header });
  }

  close(): void {
    this.turn += 1;
    this.stopCine();
    clearTimeout(this.later);
    this.deafen();
    this.ecg?.close();
    this.mount.drop();
  }
}
