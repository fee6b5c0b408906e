import { describe, expect, it } from 'vitest';
import type { Written } from '../referralCalls';
import { type Kept, keeper } from './keeper';

function aDoor(fail = 0) {
  const sent: { changes: Written; version: number }[] = [];
  const told: Kept['phase'][] = [];
  let failures = fail;
  const keep = keeper(1, {
    save: async (changes, version) => {
      sent.push({ changes, version });
      if (failures-- > 0) throw new Error('line');
      return version + 1;
    },
    tell: (kept) => told.push(kept.phase),
    now: () => 0,
  });
  return { keep, sent, told };
}

describe('a draft that keeps itself', () => {
  it('sends one save at a time, each upon the version that the last made', async () => {
    const { keep, sent } = aDoor();
    keep.change({ reason: 'a' });
    const first = keep.flush();
    keep.change({ reason: 'b', summary: 's' });
    const second = keep.flush();
    expect(await first).toBe(true);
    expect(await second).toBe(true);
    expect(sent).toEqual([
      { changes: { reason: 'a' }, version: 1 },
      { changes: { reason: 'b', summary: 's' }, version: 2 },
    ]);
    expect(keep.dirty()).toBe(false);
  });

  it('loses nothing when a save fails, and says so', async () => {
    const { keep, sent, told } = aDoor(1);
    keep.change({ reason: 'a' });
    expect(await keep.flush()).toBe(false);
    expect(told.at(-1)).toBe('failed');
    expect(keep.dirty()).toBe(true);
    keep.change({ summary: 's' });
    expect(await keep.flush()).toBe(true);
    expect(sent.at(-1)).toEqual({ changes: { reason: 'a', summary: 's' }, version: 1 });
    expect(told.at(-1)).toBe('saved');
  });
});
