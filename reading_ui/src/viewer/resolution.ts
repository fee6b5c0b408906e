/**
 * While a large picture is coming, one of its lower resolutions is drawn. It lies on the screen where the complete picture
 * will lie, so that zoom, place and pointer mean the same before and after.
 */

/** What is drawn, as the library hands it over: perhaps a lower resolution. */
export interface Drawn {
  imageId: string;
  columns: number;
  rows: number;
  columnPixelSpacing: number;
  rowPixelSpacing: number;
}

/** How wide a stored pixel is and how many there are. */
export interface Stored {
  columns: number;
  rows: number;
  columnSpacing: number;
  rowSpacing: number;
}

/**
 * How many stored pixels, across and down, stand behind one that is drawn: a power of two (ISO/IEC 15444-1 B.5 rounds the
 * size up at each halving, so the quotient alone would be a little too small).
 */
export function stepOf(
  stored: { columns: number; rows: number },
  drawn: { columns: number; rows: number },
): number {
  const quotient = Math.max(stored.columns, stored.rows) / Math.max(drawn.columns, drawn.rows);
  return Number.isFinite(quotient) && quotient > 1 ? 2 ** Math.round(Math.log2(quotient)) : 1;
}

/** Pictures that stand on the screen in a lower resolution, with their step. */
const steps = new Map<string, number>();

/** The step of a picture as it was last drawn. */
export const stepFor = (imageId: string): number => steps.get(imageId) ?? 1;

/**
 * A picture is about to be drawn: from now on its plane has the pixels of this resolution. The first sample of every
 * resolution is the first stored one (the reversible wavelet keeps the even samples), so the origin stays.
 */
export function announce(drawn: Drawn, stored: Stored): void {
  const step = stepOf(stored, drawn);
  if (step > 1) steps.set(drawn.imageId, step);
  else steps.delete(drawn.imageId);
  // The library took the spacing when it decoded, that is by what was on the screen then.
  drawn.columnPixelSpacing = stored.columnSpacing * step;
  drawn.rowPixelSpacing = stored.rowSpacing * step;
}

/** Forgets everything, when the viewer closes. */
export const forgetSteps = (): void => steps.clear();
