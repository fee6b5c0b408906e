/** When which frame of a loop is due. Pure: the player asks, a test answers. */

export interface CineFacts {
  /** (0018,1063) in ms. */
  frameTime?: number;
  /** (0018,1065) increments in ms; the first is 0. */
  frameTimes?: readonly number[];
  /** (0018,0040) frames per second. */
  cineRate?: number;
  /** (0008,2144) frames per second. */
  displayRate?: number;
}

export const SLOWEST = 1;
export const FASTEST = 60;
const DEFAULT_LOOP = 15;
const DEFAULT_STACK = 10;

const clamp = (fps: number): number => Math.min(FASTEST, Math.max(SLOWEST, fps));

/** The file's own speed: recommended rate, then frame time, then the mean of its vector, then cine rate. */
export function nativeRate(facts: CineFacts, multiframe: boolean): number {
  if (facts.displayRate && facts.displayRate > 0) return clamp(facts.displayRate);
  if (facts.frameTime && facts.frameTime > 0) return clamp(1000 / facts.frameTime);
  const steps = facts.frameTimes?.slice(1).filter((step) => step > 0) ?? [];
  if (steps.length > 0) return clamp((1000 * steps.length) / steps.reduce((sum, step) => sum + step, 0));
  if (facts.cineRate && facts.cineRate > 0) return clamp(facts.cineRate);
  return multiframe ? DEFAULT_LOOP : DEFAULT_STACK;
}

/** Frame to show `elapsed` ms after starting at `start`. A slow machine skips frames, it does not slow the heart. */
export function frameAt(elapsed: number, fps: number, start: number, count: number): number {
  if (count <= 1) return 0;
  const steps = Math.floor((elapsed * fps) / 1000);
  return (start + steps) % count;
}
