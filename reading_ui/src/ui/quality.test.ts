import { describe, expect, it } from 'vitest';
import { worthSaying } from './quality';

const problem = (code: string) => ({ code, params: { count: 1 } });

describe('image problems', () => {
  it('leave out what is in order for the kind of study', () => {
    const found = [problem('geometry.missing'), problem('geometry.single'), problem('pixels.truncated')];
    expect(worthSaying(found, ['US']).map((one) => one.code)).toEqual(['pixels.truncated']);
    expect(worthSaying(found, ['CT']).map((one) => one.code)).toEqual([
      'geometry.missing',
      'pixels.truncated',
    ]);
  });
});
