import { expect, it } from 'vitest';
import { presentFor, type Sitting } from './presence';

const LISTENS: Sitting = { others: 1, quietMs: 30_000, inCall: true, seen: false };

it('takes who listens or looks on for present, without a key being touched', () => {
  expect(presentFor(LISTENS)).toBe(true);
  expect(presentFor({ ...LISTENS, inCall: false, seen: true })).toBe(true);
});

it('takes nobody for present who is alone, in a dead room, or neither hears nor sees', () => {
  expect(presentFor({ ...LISTENS, others: 0 })).toBe(false);
  expect(presentFor({ ...LISTENS, quietMs: 11 * 60_000 })).toBe(false);
  expect(presentFor({ ...LISTENS, inCall: false })).toBe(false);
});
