import { describe, expect, it } from 'vitest';
import { Gauge, scoreOf, type Totals, totalsOf } from './rtcQuality';

const quiet: Totals = { received: 0, lost: 0, frozen: 0, at: 0, trip: 0.02, missed: 0 };
const later = (change: Partial<Totals>): Totals => ({ ...quiet, received: 1000, at: 2, ...change });

describe('the score of a connection', () => {
  it('is full when everything comes and nothing stands still', () => {
    expect(scoreOf(quiet, later({}))).toBe(100);
    expect(scoreOf(quiet, { ...quiet, at: 2 })).toBe(100);
  });

  it('sinks with loss either way, with a picture that freezes and with a long way', () => {
    expect(scoreOf(quiet, later({ lost: 50 }))).toBeLessThan(85);
    expect(scoreOf(quiet, later({ missed: 0.1 }))).toBe(70);
    expect(scoreOf(quiet, later({ frozen: 1 }))).toBe(25);
    expect(scoreOf(quiet, later({ trip: 0.65 }))).toBe(40);
  });

  it('looks at what has happened since the last reading only', () => {
    const before = later({ lost: 500 });
    expect(scoreOf(before, { ...before, received: 2000, at: 4 })).toBe(100);
  });

  it('adds up both connections', () => {
    const totals = totalsOf(
      [
        { type: 'inbound-rtp', packetsReceived: 10, packetsLost: 1, totalFreezesDuration: 0.5 },
        { type: 'inbound-rtp', packetsReceived: 5, packetsLost: -2 },
        { type: 'remote-inbound-rtp', fractionLost: 0.02 },
        { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.04 },
        { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
      ],
      3,
    );
    expect(totals).toEqual({ received: 15, lost: -1, frozen: 0.5, at: 3, trip: 0.04, missed: 0.02 });
  });
});

describe('the level shown', () => {
  it('sinks at once and rises only when three readings agree', () => {
    const gauge = new Gauge();
    expect([90, 30, 90, 90, 40, 90, 90, 90].map((score) => gauge.read(score))).toEqual([
      'good',
      'poor',
      'poor',
      'poor',
      'poor',
      'poor',
      'poor',
      'good',
    ]);
  });
});
