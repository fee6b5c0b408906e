import { expect, it } from 'vitest';
import { damageOf } from './damage';

it('counts what is damaged and what of it has not come back; a file that nothing points to is neither, and is said beside', () => {
  const found = [
    { kind: 'missing', healed_at: '2026-11-23T05:00:00Z' },
    { kind: 'altered', healed_at: null },
    { kind: 'orphan', healed_at: null },
  ];
  expect(damageOf({ findings: found, findings_total: 3 })).toEqual({ bad: 2, open: 1, beside: true });
  expect(damageOf({ findings: [], findings_total: 0 })).toEqual({ bad: 0, open: 0, beside: false });
});

it('says the number of findings once, where all of them are damaged files', () => {
  const findings = [{ kind: 'altered', healed_at: null }];
  expect(damageOf({ findings, findings_total: 1 }).beside).toBe(false);
  expect(damageOf({ findings, findings_total: 7 }).beside).toBe(true);
});
