export interface Timers {
  now(): number;
  after(ms: number, run: () => void): void;
}

export const browserTimers: Timers = {
  now: () => Date.now(),
  after: (ms, run) => {
    setTimeout(run, ms);
  },
};

/**
 * Runs at once, then at most once per `ms`; calls in between become one trailing run, and a run that is
 * still under way is never overlapped: news that arrives meanwhile is fetched by the run after it.
 */
export function oncePer(ms: number, run: () => Promise<unknown> | undefined, timers: Timers = browserTimers) {
  let busy = false;
  let wanted = false;
  let waiting = false;
  let last = Number.NEGATIVE_INFINITY;

  const start = () => {
    wanted = false;
    busy = true;
    last = timers.now();
    const finish = () => {
      busy = false;
      if (wanted) trigger();
    };
    Promise.resolve(run()).then(finish, finish);
  };

  function trigger(): void {
    wanted = true;
    if (busy || waiting) return;
    const rest = last + ms - timers.now();
    if (rest <= 0) {
      start();
      return;
    }
    waiting = true;
    timers.after(rest, () => {
      waiting = false;
      if (wanted && !busy) start();
    });
  }

  return trigger;
}
