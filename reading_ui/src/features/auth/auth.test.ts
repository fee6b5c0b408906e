import { describe, expect, it } from 'vitest';
import { idleState } from './idle';
import { fault } from './newPassword';

describe('an untouched desk', () => {
  it('warns two minutes before it locks', () => {
    expect(idleState(0, 1800, 1_679_000)).toEqual({ kind: 'awake' });
    expect(idleState(0, 1800, 1_680_000)).toEqual({ kind: 'warn', left: 120_000 });
    expect(idleState(0, 1800, 1_800_000)).toEqual({ kind: 'lock' });
  });

  it('warns in the last fifth when the whole time is short', () => {
    expect(idleState(0, 60, 47_000)).toEqual({ kind: 'awake' });
    expect(idleState(0, 60, 48_000)).toEqual({ kind: 'warn', left: 12_000 });
  });
});

describe('a new password', () => {
  it('is checked before it is sent', () => {
    expect(fault('short1', 'short1')).toBe('password.short');
    expect(fault('long-enough', 'long-enouhg')).toBe('password.differs');
    expect(fault('long-enough', 'long-enough')).toBeNull();
  });
});
