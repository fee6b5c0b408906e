import { describe, expect, it } from 'vitest';
import { hoursWords, slotsOf, slotsText } from './hours';

const word = (day: string) => day;

describe('weekly hours', () => {
  it('stand together where days are alike', () => {
    const week = { mon: [['08:00', '12:00']], tue: [['08:00', '12:00']], thu: [['08:00', '12:00']] };
    expect(hoursWords(week, word)).toBe('mon–tue 08:00–12:00；thu 08:00–12:00');
    expect(hoursWords({}, word)).toBe('');
  });

  it('are read as people write them', () => {
    expect(slotsOf('8:00-12:00, 14:00-17:30')).toEqual([
      ['08:00', '12:00'],
      ['14:00', '17:30'],
    ]);
    expect(slotsOf('08：00至12：00，1400-1730')).toEqual([
      ['08:00', '12:00'],
      ['14:00', '17:30'],
    ]);
    expect(slotsOf('')).toEqual([]);
    expect(slotsText([['08:00', '12:00']])).toBe('08:00-12:00');
  });

  it('that end before they begin, or are none, are refused', () => {
    expect(slotsOf('12:00-08:00')).toBeNull();
    expect(slotsOf('上午')).toBeNull();
    expect(slotsOf('08:70-12:00')).toBeNull();
  });
});
