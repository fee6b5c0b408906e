import { describe, expect, it } from 'vitest';
import { codeOf, type Findings, NOTHING, verdictOf } from './result';

const fine: Findings = {
  page: 'secure',
  camera: 'ok',
  mic: 'ok',
  network: 'ok',
  node: 'ok',
  nodeMs: 340,
  turn: 'unset',
};

describe('the result code', () => {
  it('is not there before everything was looked at', () => {
    expect(codeOf(NOTHING)).toBeNull();
    expect(codeOf({ ...fine, turn: null })).toBeNull();
  });

  it('is OK with what worked and how fast', () => {
    expect(codeOf(fine)).toMatch(/^OK-7[0-9A-F]{3}$/);
    expect(codeOf({ ...fine, turn: 'ok' })).toMatch(/^OK-F/);
    expect(codeOf({ ...fine, nodeMs: 60_000 })).toMatch(/^OK-7FF/);
  });

  it('names the first thing that is wrong, and what is worse before what is merely missing', () => {
    expect(codeOf({ ...fine, camera: 'denied' })).toBe('CAM-DENIED');
    expect(codeOf({ ...fine, camera: 'denied', node: 'no_node' })).toBe('NODE-NO-NODE');
    expect(codeOf({ ...fine, page: 'insecure', camera: 'insecure', mic: 'insecure' })).toBe('PAGE-INSECURE');
    expect(codeOf({ ...fine, network: 'loopback', node: 'loopback' })).toBe('NET-LOOPBACK');
    expect(codeOf({ ...fine, turn: 'failed' })).toBe('TURN-FAILED');
  });
});

describe('a step', () => {
  it('is a warning only where the call still goes on without it', () => {
    expect(verdictOf('camera', { ...fine, camera: 'absent' })).toBe('warn');
    expect(verdictOf('mic', { ...fine, mic: 'absent' })).toBe('bad');
    expect(verdictOf('turn', { ...fine, turn: 'failed' })).toBe('warn');
    expect(verdictOf('turn', { ...fine, turn: 'failed', node: 'blocked' })).toBe('bad');
  });
});
