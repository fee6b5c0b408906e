import { expect, it } from 'vitest';
import { spanOf } from './spans';

it('says a length of time in the unit that somebody would use', () => {
  expect(spanOf(61)).toEqual({ n: 61, unit: 'seconds' });
  expect(spanOf(125)).toEqual({ n: 2, unit: 'minutes' });
  expect(spanOf(8 * 3600)).toEqual({ n: 8, unit: 'hours' });
  expect(spanOf(3 * 86_400)).toEqual({ n: 3, unit: 'days' });
  expect(spanOf(800_000_000)).toEqual({ n: 25, unit: 'years' });
});
