import { describe, expect, it } from 'vitest';
import { bandOf, fingerprint, rings, silenced, since, waited } from './states';

const AT = '2026-11-21T08:00:00Z';
const now = (seconds: number) => Date.parse(AT) + seconds * 1000;

describe('a critical finding', () => {
  it('is red until it is read back, yellow until it is acted on, blue after, grey when it is over', () => {
    const bands = (['raised', 'notifying', 'acknowledged', 'acting', 'closed', 'withdrawn'] as const).map(
      (state) => bandOf({ state }),
    );
    expect(bands).toEqual(['red', 'red', 'yellow', 'blue', 'grey', 'grey']);
    expect(rings({ state: 'notifying' }) && !rings({ state: 'acknowledged' })).toBe(true);
  });

  it('counts its seconds in the first hour and never backwards', () => {
    expect(since(AT, now(-3))).toBe('00:00');
    expect(since(AT, now(192.9))).toBe('03:12');
    expect(since(AT, now(3_599))).toBe('59:59');
    expect(since(AT, now(7_200))).toEqual({ key: 'clock.ago.hours', n: 2 });
  });

  it('waited until somebody read it back', () => {
    expect(waited({ raised_at: AT, acknowledged_at: null }, now(90))).toBe(90_000);
    expect(waited({ raised_at: AT, acknowledged_at: '2026-11-21T08:01:00Z' }, now(900))).toBe(60_000);
  });
});

describe('silence', () => {
  const one = { id: 'a', escalated: 0 };
  it('holds for what it was asked for, and for its time', () => {
    const silence = { of: fingerprint([one]), until: now(120) };
    expect(silenced(silence, fingerprint([one]), now(119))).toBe(true);
    expect(silenced(silence, fingerprint([one]), now(120))).toBe(false);
    expect(silenced(null, fingerprint([one]), now(0))).toBe(false);
  });

  it('is broken by another finding and by another step', () => {
    const silence = { of: fingerprint([one]), until: now(120) };
    expect(silenced(silence, fingerprint([one, { id: 'b', escalated: 0 }]), now(1))).toBe(false);
    expect(silenced(silence, fingerprint([{ ...one, escalated: 1 }]), now(1))).toBe(false);
  });
});
