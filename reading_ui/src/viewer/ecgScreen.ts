import { dragOf } from './ecgDrag';
import { drawEcg } from './ecgDraw';
import {
  type EcgLook,
  type EcgPlace,
  panned,
  placeOf,
  type Size,
  STANDARD,
  scrolled,
  zoomed,
} from './ecgPlace';
import type { EcgGroup, EcgNotice, EcgRecording } from './ecgRecording';
import { type EcgLayout, layoutsFor } from './ecgSheet';
import type { Tool } from './types';

/** What a screen may know of the ECG in a pane. */
export interface EcgView {
  look: EcgLook;
  layouts: readonly EcgLayout[];
  groups: ReadonlyArray<{ label: string; kind: EcgGroup['kind']; seconds: number }>;
  /** Names as they stand on the sheet, and those of them without a trace. */
  leads: readonly string[];
  without: readonly string[];
  hertz: number;
  seconds: number;
  filter: EcgGroup['filter'];
  notices: readonly EcgNotice[];
  /** Part of the recording that the sheet shows, s. */
  shown: { from: number; to: number };
  /** Of nominal size, in percent. */
  percent: number;
}

/** Pixels of a pane that the screen writes on, above and below the paper. */
export const ECG_FRAME = { top: 52, bottom: 34 } as const;
const NOTCH_SECONDS = 0.5;
const WHEEL_ZOOM = 0.0016;

/** The sheet of one pane: owns the canvas, draws at most once a screen frame, tells what it shows. */
export class EcgScreen {
  private readonly canvas = document.createElement('canvas');
  private readonly stop = new AbortController();
  private recording: EcgRecording | null = null;
  private place: EcgPlace | null = null;
  private asked: EcgLook = STANDARD;
  private frame: number | undefined;

  constructor(
    private readonly element: HTMLElement,
    tool: () => Tool,
    private readonly drawn: (view: EcgView) => void,
  ) {
    Object.assign(this.canvas.style, {
      position: 'absolute',
      left: '0',
      top: `${ECG_FRAME.top}px`,
      touchAction: 'none',
    });
    element.append(this.canvas);
    const { signal } = this.stop;
    dragOf(this.canvas, signal, {
      tool,
      pan: (dx, dy) => this.place && this.ask(panned(this.place, dx, dy)),
      zoom: (factor, at) => this.zoom(factor, at),
    });
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * WHEEL_ZOOM), { x: event.offsetX, y: event.offsetY });
    };
    this.canvas.addEventListener('wheel', wheel, { signal, passive: false });
  }

  show(recording: EcgRecording): void {
    this.recording = recording;
    this.ask(STANDARD);
  }

  look(part: Partial<EcgLook>): void {
    // Another sheet is another place: the corner that one was looking at means nothing there.
    const moved = part.layout !== undefined || part.group !== undefined ? { x: 0, y: 0, zoom: null } : {};
    this.ask({ ...this.asked, ...moved, ...(part.group === undefined ? {} : { from: 0 }), ...part });
  }

  zoom(factor: number, at?: { x: number; y: number }): void {
    if (this.place) this.ask(zoomed(this.place, factor, this.size, at));
  }

  fit(): void {
    this.ask({ ...this.asked, zoom: null, x: 0, y: 0 });
  }

  reset(): void {
    this.ask({ ...STANDARD, group: this.asked.group });
  }

  /** Moves by notches of the wheel. */
  step(notches: number): void {
    this.scroll(notches * NOTCH_SECONDS);
  }

  /** Moves by seconds; infinite goes to an end. */
  scroll(seconds: number): void {
    const far = Math.max(-1e6, Math.min(1e6, seconds));
    if (this.place && this.group) this.ask(scrolled(this.group, this.place, far, this.size));
  }

  resized(): void {
    this.soon();
  }

  close(): void {
    this.stop.abort();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.canvas.remove();
  }

  private get group(): EcgGroup | undefined {
    return this.recording?.groups[this.asked.group];
  }

  private get size(): Size {
    const { clientWidth, clientHeight } = this.element;
    return { width: clientWidth, height: Math.max(0, clientHeight - ECG_FRAME.top - ECG_FRAME.bottom) };
  }

  private ask(look: EcgLook): void {
    this.asked = look;
    // Settled at once, so that two steps within one screen frame add up.
    if (this.group && this.size.width > 0) {
      this.place = placeOf(this.group, look, this.size);
      this.asked = this.place.look;
    }
    this.soon();
  }

  private soon(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  private draw(): void {
    const { group, size, recording, canvas } = this;
    const context = canvas.getContext('2d');
    if (!group || !recording || !context || size.width === 0 || size.height === 0) return;
    const place = placeOf(group, this.asked, size);
    this.place = place;
    this.asked = place.look;
    const dense = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(size.width * dense), Math.round(size.height * dense)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    Object.assign(canvas.style, { width: `${size.width}px`, height: `${size.height}px` });
    context.setTransform(dense, 0, 0, dense, 0, 0);
    drawEcg(context, group, place, size);
    this.drawn(viewOf(recording, group, place));
  }
}

function viewOf({ groups }: EcgRecording, group: EcgGroup, { look, sheet, percent }: EcgPlace): EcgView {
  const { hertz, seconds, filter, notices } = group;
  return {
    look,
    layouts: layoutsFor(group),
    groups: groups.map((one) => ({ label: one.label, kind: one.kind, seconds: one.seconds })),
    leads: sheet.cells.map(({ name }) => name),
    without: sheet.cells.filter(({ lead }) => lead === null).map(({ name }) => name),
    hertz,
    seconds,
    filter,
    notices,
    shown: { from: look.from, to: look.from + sheet.seconds },
    percent,
  };
}
