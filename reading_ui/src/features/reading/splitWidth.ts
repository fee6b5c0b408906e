/** Width of the report beside the pictures, remembered on this machine. */
export interface SplitState {
  width: number;
  folded: boolean;
}

export const NARROWEST = 300;
export const WIDEST = 900;
const KEY = 'teleconsult.reading.split';
const USUAL: SplitState = { width: 400, folded: false };

export const clampWidth = (width: number): number => Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));

export function readSplit(stored: string | null): SplitState {
  try {
    const found: unknown = JSON.parse(stored ?? 'null');
    if (typeof found !== 'object' || found === null) return USUAL;
    const width = 'width' in found && typeof found.width === 'number' ? clampWidth(found.width) : USUAL.width;
    return { width, folded: 'folded' in found && found.folded === true };
  } catch {
    return USUAL;
  }
}

export const rememberedSplit = (): SplitState => readSplit(localStorage.getItem(KEY));
export const rememberSplit = (split: SplitState): void => localStorage.setItem(KEY, JSON.stringify(split));
