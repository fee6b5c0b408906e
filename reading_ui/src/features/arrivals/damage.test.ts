import { expect, it } from 'vitest';
import { damageOf } from './damage';

it('counts what is damaged and what of it has not come back; a file that nothing points to is neither', () => {
  const found = [
    { kind: 'missing', healed_at: '2026-11-23T05:00:00Z' },
    { kind: 'altered', healed_at: null },
    { kind: 'orphan', healed_at: null },
  ];
  expect(damageOf(found)).toEqual({ bad: 2, open: 1 });
  expect(damageOf([])).toEqual({ bad: 0, open: 0 });
});
