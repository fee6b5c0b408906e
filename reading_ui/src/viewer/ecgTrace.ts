import type { EcgLead } from './ecgRecording';

/** Points x0, y0, x1, y1 … of one unbroken line. */
export type Polyline = readonly number[];

export interface TraceScale {
  /** Screen pixels per second and per millivolt. */
  perSecond: number;
  perMillivolt: number;
}

/**
 * The lines of a lead between two times, from the cell's left edge and zero line. Where many samples share a pixel
 * column its lowest and highest are drawn in their order, so that no spike is lost; a missing sample breaks the line.
 */
export function traceOf(
  lead: EcgLead,
  hertz: number,
  from: number,
  to: number,
  scale: TraceScale,
): Polyline[] {
  const first = Math.max(0, Math.ceil((from - lead.delay) * hertz - 1e-6));
  const last = Math.min(lead.samples.length - 1, Math.floor((to - lead.delay) * hertz + 1e-6));
  const pen = new Pen();
  const x = (at: number) => (at / hertz + lead.delay - from) * scale.perSecond;
  const y = (value: number) => -(value - lead.zero) * scale.perMillivolt;
  const bundle = Math.floor((hertz / scale.perSecond) * 0.5);
  for (let at = first; at <= last; at += Math.max(1, bundle)) {
    const end = Math.min(last + 1, at + Math.max(1, bundle));
    for (const place of extremes(lead.samples, at, end)) {
      const value = lead.samples[place] ?? Number.NaN;
      if (Number.isNaN(value)) pen.lift();
      else pen.to(x(place), y(value));
    }
  }
  return pen.done();
}

/** Places of the lowest and the highest sample in order of time, and of a gap between them if there is one. */
function extremes(samples: Float32Array, at: number, end: number): number[] {
  if (end - at < 3) return Array.from({ length: end - at }, (_, step) => at + step);
  let [low, high] = [at, at];
  const kept: number[] = [];
  for (let place = at; place < end; place += 1) {
    const value = samples[place] ?? Number.NaN;
    if (Number.isNaN(value)) kept.push(place);
    if (value < (samples[low] ?? 0) || Number.isNaN(samples[low])) low = place;
    if (value > (samples[high] ?? 0) || Number.isNaN(samples[high])) high = place;
  }
  return [...new Set([...kept, low, high])].sort((one, other) => one - other);
}

class Pen {
  private readonly lines: number[][] = [];
  private line: number[] = [];

  to(x: number, y: number): void {
    this.line.push(x, y);
  }

  lift(): void {
    if (this.line.length > 0) this.lines.push(this.line);
    this.line = [];
  }

  done(): Polyline[] {
    this.lift();
    return this.lines;
  }
}
