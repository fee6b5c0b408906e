import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dueHere, watchDue } from './doorClock';

const AT = Date.parse('2026-11-22T08:00:00Z');
const later = (seconds: number) => new Date(AT + seconds * 1000).toISOString();

describe('the clock of a door', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(AT);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('goes by the server, however wrong the clock of this machine is', () => {
    const slow = AT - 240_000;
    expect(dueHere(later(60), later(0), slow)).toBe(slow + 60_000);
    expect(dueHere(later(-5), later(0), slow)).toBe(slow);
  });

  it('is looked at every second, and says once that it is time', () => {
    const open = vi.fn();
    vi.stubGlobal('document', { addEventListener: vi.fn(), removeEventListener: vi.fn() });
    watchDue(AT + 5_000, open);
    vi.advanceTimersByTime(4_000);
    expect(open).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('is looked at as soon as a tab that was put to sleep is seen again', () => {
    const open = vi.fn();
    let seen = () => {};
    vi.stubGlobal('document', {
      addEventListener: (_: string, run: () => void) => {
        seen = run;
      },
      removeEventListener: vi.fn(),
    });
    watchDue(AT + 5_000, open);
    vi.setSystemTime(AT + 600_000);
    seen();
    expect(open).toHaveBeenCalledTimes(1);
  });
});
