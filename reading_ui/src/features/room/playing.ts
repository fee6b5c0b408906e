/** Where the common clock of a recording stands; `told` is when (ms of the page's clock) that was true. Pure. */
export interface Played {
  at: number;
  playing: boolean;
  told: number;
}

export const REST: Played = { at: 0, playing: false, told: 0 };

/** The clock a moment later; it stops at the end. */
export function goOn(before: Played, now: number, seconds: number): Played {
  if (!before.playing) return before;
  const at = before.at + Math.max(0, now - before.told) / 1000;
  return at >= seconds ? { at: seconds, playing: false, told: now } : { at, playing: true, told: now };
}

/** So much may a picture and its sound be apart from the common clock before they are set right. */
const APART_S = 0.4;

/** What a track that begins at `begins` and stands at `stands` has to do: wait, go on, or jump to a place first. */
export function steer(
  { at, playing }: Played,
  begins: number,
  stands: number,
): { play: boolean; jump: number | null } {
  const due = at >= begins;
  return { play: playing && due, jump: due && Math.abs(stands - at) > APART_S ? at : null };
}
