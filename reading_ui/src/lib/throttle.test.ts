import { describe, expect, it } from 'vitest';
import { oncePer, type Timers } from './throttle';

/** A clock that moves only when told to. */
function handClock() {
  let now = 0;
  const waiting: Array<{ at: number; run: () => void }> = [];
  const timers: Timers = { now: () => now, after: (ms, run) => waiting.push({ at: now + ms, run }) };
  const advance = async (ms: number) => {
    const end = now + ms;
    for (;;) {
      const next = waiting.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      waiting.splice(waiting.indexOf(next), 1);
      now = next.at;
      next.run();
      await Promise.resolve();
    }
    now = end;
    await Promise.resolve();
    await Promise.resolve();
  };
  return { timers, advance };
}

describe('refreshing a list', () => {
  it('runs at once and then at most once a second, however much news comes', async () => {
    const { timers, advance } = handClock();
    let runs = 0;
    const trigger = oncePer(
      1000,
      async () => {
        runs += 1;
      },
      timers,
    );
    trigger();
    expect(runs).toBe(1);
    for (let n = 0; n < 50; n++) {
      trigger();
      await advance(20);
    }
    expect(runs).toBe(2);
    await advance(5000);
    expect(runs).toBe(2);
  });

  it('never overlaps a slow answer, and fetches again after it when news came meanwhile', async () => {
    const { timers, advance } = handClock();
    let open: (() => void) | undefined;
    let runs = 0;
    const trigger = oncePer(
      1000,
      () => {
        runs += 1;
        return new Promise<void>((resolve) => {
          open = resolve;
        });
      },
      timers,
    );
    trigger();
    trigger();
    await advance(10_000);
    expect(runs).toBe(1);
    open?.();
    await advance(0);
    await advance(1000);
    expect(runs).toBe(2);
  });

  it('goes on after a refresh that failed', async () => {
    const { timers, advance } = handClock();
    let runs = 0;
    const trigger = oncePer(
      1000,
      async () => {
        runs += 1;
        throw new Error('no line');
      },
      timers,
    );
    trigger();
    await advance(1500);
    trigger();
    expect(runs).toBe(2);
  });
});
