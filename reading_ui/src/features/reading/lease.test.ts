import { describe, expect, it } from 'vitest';
import type { TaskView, WorklistRow } from '@/api/types';
import { leaseGone, standing, taken } from './lease';
import { readSplit } from './splitWidth';
import { srTree } from './srTree';
import { nextOf } from './useNext';

const task = (over: Partial<TaskView>): TaskView =>
  ({ verbs: [], state: 'queued', reader: null, ...over }) as TaskView;

describe('who reads', () => {
  it('tells mine from free, another reader and closed', () => {
    const me = { id: 'p1', name: '甲' };
    expect(standing(task({ state: 'claimed', reader: me }), 'p1').kind).toBe('mine');
    expect(standing(task({ verbs: ['claim'] }), 'p1').kind).toBe('free');
    expect(standing(task({ state: 'claimed', reader: me }), 'p2')).toEqual({ kind: 'other', name: '甲' });
    expect(standing(task({ state: 'verified' }), 'p1').kind).toBe('closed');
    expect(standing(null, 'p1').kind).toBe('none');
  });

  it('calls it a loss only when the task left without our doing', () => {
    const mine = { kind: 'mine' } as const;
    expect(taken(mine, { kind: 'other', name: '乙' }, 'claim')).toEqual({ name: '乙' });
    expect(taken(mine, { kind: 'free' }, null)).toEqual({ name: '' });
    expect(taken(mine, { kind: 'free' }, 'release')).toBeNull();
    expect(taken(mine, { kind: 'closed' }, null)).toBeNull();
    expect(taken({ kind: 'free' }, { kind: 'other', name: '乙' }, null)).toBeNull();
  });

  it('goes on trying after a broken line and stops when the task is gone', () => {
    expect(leaseGone('task.claimed_by_other')).toBe(true);
    expect(leaseGone('network.unreachable')).toBe(false);
  });

  it('goes on down the list to what may be claimed, and from the top at its end', () => {
    const row = (study_id: string, verbs: string[]) => ({ kind: 'task', study_id, verbs }) as WorklistRow;
    expect(nextOf([row('a', ['claim']), row('b', []), row('c', ['claim'])], 'a')?.study_id).toBe('c');
    expect(nextOf([row('a', ['claim']), row('b', ['claim'])], 'b')?.study_id).toBe('a');
    expect(nextOf([row('b', ['claim'])], 'gone')?.study_id).toBe('b');
    expect(nextOf([row('a', ['claim'])], 'a')).toBeUndefined();
  });
});

describe('what is remembered and read', () => {
  it('keeps the border between images and report within reason', () => {
    expect(readSplit('{"width":5000,"folded":true}')).toEqual({ width: 900, folded: true });
    expect(readSplit('nonsense')).toEqual({ width: 400, folded: false });
  });

  it('reads a structured report as a tree of names and values', () => {
    const tree = srTree({
      name: 'Report',
      text: '',
      children: [{ name: 'Diameter', text: '3 cm', children: [] }],
    });
    expect(tree?.children[0]).toEqual({ name: 'Diameter', value: '3 cm', children: [] });
    expect(srTree('nothing')).toBeNull();
  });
});
