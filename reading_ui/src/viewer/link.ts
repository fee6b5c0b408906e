/** How quick the line to the server is, told from what the page has fetched already. */

/** One thing that came over the line. */
export interface Fetched {
  bytes: number;
  milliseconds: number;
}

/** Below this a picture of ten megabytes takes more than a second. */
export const QUICK_MEGABITS = 80;
const TELLING_BYTES = 64 * 1024;

/** Megabits per second of the quickest of the larger transfers; null when nothing large enough has come. Pure. */
export function megabits(fetched: readonly Fetched[]): number | null {
  const rates = fetched
    .filter(({ bytes, milliseconds }) => bytes >= TELLING_BYTES && milliseconds > 0)
    .map(({ bytes, milliseconds }) => (bytes * 8) / 1000 / milliseconds);
  return rates.length > 0 ? Math.max(...rates) : null;
}

/** Only a line that has proved to be quick is taken for one: a rendition costs a quick line little, the other way round it costs seconds. Pure. */
export const isSlow = (measured: number | null): boolean => measured === null || measured < QUICK_MEGABITS;

/** Whether to ask for what a slow line needs, as of now. What came from the browser's own cache does not count. */
export function slowLink(): boolean {
  const recent = performance.getEntriesByType('resource').slice(-60);
  return isSlow(
    megabits(
      recent.flatMap((entry) =>
        entry instanceof PerformanceResourceTiming
          ? [{ bytes: entry.transferSize, milliseconds: entry.responseEnd - entry.responseStart }]
          : [],
      ),
    ),
  );
}
