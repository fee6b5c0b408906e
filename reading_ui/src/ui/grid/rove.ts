import { defaultRangeExtractor, type Range } from '@tanstack/react-virtual';

/** The active row stays in the page even when scrolled out of sight: otherwise the focus would be lost with it. */
export function withActive(range: Range, active: number): number[] {
  const shown = defaultRangeExtractor(range);
  if (active < 0 || shown.includes(active)) return shown;
  return [...shown, active].sort((a, b) => a - b);
}

/** Where a key leads from `index`, or null when the key does not move. */
export function stepOf(key: string, index: number, count: number, page: number): number | null {
  if (count === 0) return null;
  const clamp = (to: number) => Math.min(count - 1, Math.max(0, to));
  switch (key) {
    case 'ArrowDown':
      return clamp(index + 1);
    case 'ArrowUp':
      return clamp(index - 1);
    case 'PageDown':
      return clamp(index + page);
    case 'PageUp':
      return clamp(index - page);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** The active row after a refetch: the same study, else whatever now stands at its place. */
export function keepActive(
  active: string | null,
  before: readonly string[],
  now: readonly string[],
): string | null {
  if (now.length === 0) return null;
  if (active !== null && now.includes(active)) return active;
  const place = active === null ? 0 : Math.max(0, before.indexOf(active));
  return now[Math.min(place, now.length - 1)] ?? null;
}

/** The width (px) below which rows scroll sideways: every track's fixed or least width. All rows get the same. */
export const leastWidth = (tracks: readonly string[]): number =>
  tracks.reduce((sum, track) => sum + Number(/(\d+)px/.exec(track)?.[1] ?? 0), 0);
