/** The reading room's code is large; the worklist asks for it while the reader still looks for the next study. */
let fetchAhead: (() => Promise<unknown>) | null = null;

/** The application says how (only it knows the rooms). */
export const readingIsAt = (load: () => Promise<unknown>): void => {
  fetchAhead = load;
};

/** Loads it once the page is idle; failing is harmless, opening the room loads it again. */
export function warmReading(): void {
  const load = fetchAhead;
  if (!load) return;
  fetchAhead = null;
  const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 1500));
  idle(() => void load().catch(() => undefined));
}
