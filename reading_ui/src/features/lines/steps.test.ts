import { describe, expect, it } from 'vitest';
import type { Check } from './calls';
import { stepsOf } from './steps';

const check = (more: Partial<Check>): Check => ({
  id: '1',
  asked_at: '2026-11-22T00:00:00Z',
  asked_by: '测试技师甲',
  with_image: true,
  done_at: '2026-11-22T00:00:05Z',
  good: false,
  code: '29991',
  steps: [],
  ...more,
});

describe('the steps of a line check', () => {
  it('are all shown, those kept by an earlier one as not tried', () => {
    const steps = [{ name: 'reach', state: 'failed', code: 'refused', numbers: {} }];
    const shown = stepsOf(check({ steps }));
    expect(shown.map((step) => step.words)).toEqual([
      'reach.refused',
      'notTried',
      'notTried',
      'notTried',
      'notTried',
    ]);
  });

  it('say that nobody asked for the test image', () => {
    const shown = stepsOf(check({ with_image: false }));
    expect(shown[2]?.words).toBe('notAsked');
  });

  it('wait while the check runs', () => {
    const shown = stepsOf(check({ done_at: null, code: null, good: null }));
    expect(new Set(shown.map((step) => step.verdict))).toEqual(new Set(['waiting']));
  });

  it('tell sizes and speeds in the units that people use', () => {
    const numbers = { bytes: 2097152, kbit: 8421, ms: 1992 };
    const shown = stepsOf(check({ steps: [{ name: 'send', state: 'ok', code: 'ok', numbers }] }));
    expect(shown[2]?.numbers).toMatchObject({ mb: '2.1', mbit: '8.4', s: '2.0' });
  });
});
