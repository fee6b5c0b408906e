import { Enums, type RenderingEngine, StackViewport } from '@cornerstonejs/core';
import { headerFor } from './headers';
import { planeFor } from './provider';
import { announce, type Drawn } from './resolution';
import type { Toolbox } from './toolbox';

const { ViewportType } = Enums;

/** Puts one element under a stack viewport and takes it off again. */
export class Mount {
  constructor(
    private readonly id: string,
    private readonly element: HTMLDivElement,
    private readonly engine: RenderingEngine,
    private readonly tools: Toolbox,
    /** Whether a person has left the picture filling the pane. */
    private readonly fitted: () => boolean,
  ) {}

  get stack(): StackViewport | null {
    const found = this.engine.getViewport(this.id);
    return found instanceof StackViewport ? found : null;
  }

  forStack(): StackViewport {
    if (this.stack) return this.stack;
    this.enable();
    const made = this.stack;
    if (!made) throw new Error('no stack viewport');
    return made;
  }

  private enable(): void {
    this.drop();
    const type = ViewportType.STACK;
    const defaultOptions = { background: [0, 0, 0] as [number, number, number] };
    this.engine.enableElement({ viewportId: this.id, type, element: this.element, defaultOptions });
    if (this.stack) this.watch(this.stack);
    // With the focus on it Cornerstone swallows every key; the host takes the focus instead (grid.ts).
    this.element.removeAttribute('tabindex');
    // Tools are added after the viewport exists: some of them read it at once.
    this.tools.add(this.id, this.engine.id);
  }

  /** Every picture passes here on its way to the screen, once more with each resolution that has come (GPU path only). */
  private watch(viewport: StackViewport): void {
    const draw = viewport.successCallback.bind(viewport);
    viewport.successCallback = (imageId: string, image: Drawn) => {
      const header = headerFor(imageId);
      if (header) announce(image, { ...header.pixels, ...planeFor(header) });
      const before = viewport.getCornerstoneImage()?.imageId === imageId ? viewport.getCamera() : null;
      draw(imageId, image);
      if (!before || this.fitted()) return;
      // The library fits each resolution anew, by sizes that were rounded up differently; the place stays where it is.
      const { focalPoint, position, parallelScale } = before;
      viewport.setCamera({ focalPoint, position, parallelScale });
    };
  }

  drop(): void {
    if (!this.engine.getViewport(this.id)) return;
    this.tools.remove(this.id, this.engine.id);
    this.engine.disableElement(this.id);
  }
}
