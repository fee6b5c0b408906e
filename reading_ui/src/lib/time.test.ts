import { describe, expect, it } from 'vitest';
import { ago, bandAt, countdown, dateOf, dueClock, shortTime, studyDay } from './time';

const now = Date.parse('2026-11-21T06:00:00Z');
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();

describe('the due clock', () => {
  it('counts what is left in the unit that matters', () => {
    expect(dueClock(at(0.5), now)).toEqual({ key: 'clock.left.seconds', n: 30 });
    expect(dueClock(at(12.9), now)).toEqual({ key: 'clock.left.minutes', n: 12 });
    expect(dueClock(at(185), now)).toEqual({ key: 'clock.left.hours', n: 3, m: '05' });
    expect(dueClock(at(60 * 50), now)).toEqual({ key: 'clock.left.daysHours', n: 2, m: '2' });
    expect(dueClock(at(60 * 24 * 30 - 1), now)).toEqual({ key: 'clock.left.days', n: 30 });
  });

  it('takes no whole day away right after a limit of days began', () => {
    expect(dueClock(at(60 * 24 * 7 - 1), now)).toEqual({ key: 'clock.left.daysHours', n: 6, m: '23' });
  });

  it('counts on after the due time', () => {
    expect(dueClock(at(-5), now)).toEqual({ key: 'clock.over.minutes', n: 5 });
  });

  it('says nothing where nothing is due', () => {
    expect(dueClock(null, now)).toBeNull();
  });
});

describe('the colour band between two refetches', () => {
  it('turns yellow at 70 % of the time and red when it is over', () => {
    expect(bandAt('blue', at(-69), at(31), now)).toBe('blue');
    expect(bandAt('blue', at(-70), at(30), now)).toBe('yellow');
    expect(bandAt('blue', at(-100), at(0), now)).toBe('red');
  });

  it('never cools down what the server called hot', () => {
    expect(bandAt('red', at(-1), at(100), now)).toBe('red');
    expect(bandAt('yellow', at(-1), at(100), now)).toBe('yellow');
  });

  it('leaves a paused or closed row grey', () => {
    expect(bandAt('grey', at(-100), at(-50), now)).toBe('grey');
  });
});

describe('times', () => {
  it('shortens by what the reader knows already', () => {
    const noon = new Date(2026, 10, 21, 12, 0).getTime();
    expect(shortTime(new Date(2026, 10, 21, 9, 5).toISOString(), noon)).toBe('09:05');
    expect(shortTime(new Date(2026, 10, 20, 9, 5).toISOString(), noon)).toBe('11-20 09:05');
    expect(shortTime(new Date(2025, 2, 4, 8, 0).toISOString(), noon)).toBe('2025-03-04 08:00');
    expect(shortTime('nonsense', noon)).toBe('');
  });

  it('reads dates as ISO and as DICOM write them', () => {
    expect(dateOf('2026-11-21')).toBe('2026-11-21');
    expect(dateOf('20261121101500.5')).toBe('2026-11-21');
    expect(dateOf('20261121')).toBe('2026-11-21');
    expect(dateOf('')).toBe('');
  });

  it('gives the day of an examination by the hospital’s clock, from a list as from its own page', () => {
    expect(studyDay('2026-11-21T22:10:00Z')).toBe('2026-11-22');
    expect(studyDay('20261122061000')).toBe('2026-11-22');
    expect(studyDay(null)).toBe('');
  });

  it('counts down and up', () => {
    expect(countdown(61_000)).toBe('01:01');
    expect(countdown(-1)).toBe('00:00');
    expect(ago(now - 7000, now)).toEqual({ key: 'clock.ago.seconds', n: 7 });
  });
});
