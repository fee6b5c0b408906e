import { frameAt } from './cineClock';

export interface Reel {
  count(): number;
  index(): number;
  /** True when the frame can be shown at once. */
  loaded(index: number): boolean;
  goTo(index: number): void;
  /** How fast it really goes, in frames per second. */
  reached(fps: number): void;
}

/** Turns the reel by the clock of the screen; a frame that is not there yet holds the last one. */
export class CinePlayer {
  private request: number | undefined;
  private counted = 0;
  private since = 0;

  constructor(private readonly reel: Reel) {}

  get playing(): boolean {
    return this.request !== undefined;
  }

  play(fps: number): void {
    this.stop();
    const from = this.reel.index();
    let started: number | undefined;
    const turn = (now: number) => {
      started ??= now;
      this.request = requestAnimationFrame(turn);
      const next = frameAt(now - started, fps, from, this.reel.count());
      if (next !== this.reel.index() && this.reel.loaded(next)) {
        this.reel.goTo(next);
        this.count(now);
      }
    };
    this.request = requestAnimationFrame(turn);
  }

  private count(now: number): void {
    if (this.since === 0) this.since = now;
    this.counted += 1;
    if (now - this.since < 1000) return;
    this.reel.reached((this.counted * 1000) / (now - this.since));
    this.counted = 0;
    this.since = now;
  }

  stop(): void {
    if (this.request !== undefined) cancelAnimationFrame(this.request);
    this.request = undefined;
    this.counted = 0;
    this.since = 0;
  }
}
