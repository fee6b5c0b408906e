/**
 * The time at which a door opens, on this browser's own clock, which may be wrong by minutes. The server said `serverNow` when this
 * clock showed `heard` or a little earlier, so that a door never opens before its time.
 */
export const dueHere = (opensAt: string, serverNow: string, heard: number): number =>
  heard + Math.max(0, Date.parse(opensAt) - Date.parse(serverNow));

const LOOK_MS = 1_000;

/** Runs `open` once this browser's clock has reached `due`: looked at every second, and when a sleeping tab is seen again. */
export function watchDue(due: number, open: () => void): () => void {
  const look = () => {
    if (Date.now() < due) return;
    stop();
    open();
  };
  const timer = setInterval(look, LOOK_MS);
  document.addEventListener('visibilitychange', look);
  const stop = () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
  };
  return stop;
}
