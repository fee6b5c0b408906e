import { describe, expect, it } from 'vitest';
import { endOfDay, instant, isPast, localDay, localTime } from './times';

describe('times of a form', () => {
  it('go to the server as instants and come back as typed', () => {
    const sent = instant('2026-11-24T15:30');
    expect(sent).not.toBeNull();
    expect(localTime(new Date(sent ?? ''))).toBe('2026-11-24T15:30');
  });

  it('are nothing while they are empty or half typed', () => {
    expect(instant('')).toBeNull();
    expect(instant('2026-11-24T')).toBeNull();
    expect(endOfDay('')).toBeNull();
  });

  it('last to the end of the day that was named', () => {
    const end = new Date(endOfDay('2026-12-01') ?? '');
    expect(localDay(end)).toBe('2026-12-01');
    expect(end.getHours()).toBe(23);
  });

  it('may be today to the last second, and not yesterday', () => {
    const now = new Date('2026-11-22T23:59:58').getTime();
    expect(isPast('2026-11-22', now)).toBe(false);
    expect(Date.parse(endOfDay('2026-11-22') ?? '')).toBeGreaterThan(now);
    expect(isPast('2026-11-21', now)).toBe(true);
    expect(isPast('', now)).toBe(false);
  });
});
