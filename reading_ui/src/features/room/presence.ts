/** When is somebody who touches nothing still there? Pure. */
export interface Sitting {
  /** How many others sit in the room. */
  others: number;
  /** Since when nobody has spoken, pointed, written, drawn or turned to another picture. */
  quietMs: number;
  inCall: boolean;
  /** The page is in view. */
  seen: boolean;
}

/** A room in which nothing happened for so long is a forgotten window, however many sit in it. */
const DEAD_MS = 10 * 60_000;

/** In a room that lives, with others, hearing or seeing them. */
export const presentFor = ({ others, quietMs, inCall, seen }: Sitting): boolean =>
  others > 0 && quietMs < DEAD_MS && (inCall || seen);
