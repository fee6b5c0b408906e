import { describe, expect, it } from 'vitest';
import { farAhead, fromLocal, localTime, nextQuarter, soonest, suggestions } from './times';

const noon = new Date(2026, 10, 22, 12, 3).getTime();

describe('times to meet', () => {
  it('fit the field of the browser and come back as they were', () => {
    const at = new Date(2026, 0, 5, 8, 7);
    expect(localTime(at)).toBe('2026-01-05T08:07');
    expect(fromLocal('2026-01-05T08:07')?.getTime()).toBe(at.getTime());
    expect(fromLocal('')).toBeNull();
  });

  it('are quarters of an hour that leave time to come', () => {
    expect(localTime(nextQuarter(noon))).toBe('2026-11-22T12:15');
    expect(localTime(nextQuarter(noon, 15))).toBe('2026-11-22T12:30');
  });

  it('offer the next hours of the expert only when these are not now', () => {
    expect(suggestions(noon, null).map(({ key }) => key)).toEqual(['soon', 'hour', 'morning']);
    const later = new Date(noon + 3 * 3_600_000).toISOString();
    expect(suggestions(noon, later).map(({ key }) => key)).toEqual(['free', 'hour', 'morning']);
  });

  it('begin at once within the half hour of an urgent one', () => {
    const at = new Date(2026, 10, 22, 22, 38).getTime();
    expect(localTime(soonest(at, true))).toBe('2026-11-22T22:45');
    expect(localTime(soonest(at, false))).toBe('2026-11-22T23:00');
  });

  it('have to be said out loud when they are late for their clock or far away', () => {
    const due = new Date(noon + 24 * 3_600_000).toISOString();
    expect(farAhead(new Date(noon + 3_600_000), due, noon)).toBeNull();
    expect(farAhead(new Date(noon + 48 * 3_600_000), due, noon)).toBe(2);
    expect(farAhead(new Date(2030, 10, 22), null, noon)).toBeGreaterThan(1400);
    expect(farAhead(null, due, noon)).toBeNull();
  });
});
