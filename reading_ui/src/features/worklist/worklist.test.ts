import { describe, expect, it } from 'vitest';
import type { TaskView, WorklistRow } from '@/api/types';
import { filterOf, queryOf, searchOf, sortedBy } from './filter';
import { heldAfter, leftList, withPin } from './usePinned';
import { distinct } from './useWorklist';

const row = (id: string): WorklistRow =>
  ({
    task_id: id,
    study_id: `s${id}`,
    version: 1,
    state: 'queued',
    verbs: ['claim'],
    reader: null,
  }) as unknown as WorklistRow;

describe('the filter', () => {
  it('survives the address and keeps it short', () => {
    const plain = filterOf(new URLSearchParams());
    expect(searchOf(plain).toString()).toBe('');
    const asked = { ...plain, view: 'review' as const, q: '欧阳', modality: 'CT' };
    expect(filterOf(searchOf(asked))).toEqual(asked);
  });

  it('ignores a view that does not exist', () => {
    expect(filterOf(new URLSearchParams('view=<script>')).view).toBe('all');
  });

  it('speaks the server’s words', () => {
    const plain = filterOf(new URLSearchParams());
    expect(queryOf({ ...plain, view: 'queued' })).toMatchObject({ state: 'queued', mine: undefined });
    expect(queryOf({ ...plain, view: 'mine' })).toMatchObject({ state: undefined, mine: 'true' });
  });

  it('turns a column round on the second click', () => {
    const plain = filterOf(new URLSearchParams());
    expect(sortedBy(plain, 'due').order).toBe('desc');
    expect(sortedBy(plain, 'arrived')).toMatchObject({ sort: 'arrived', order: 'desc' });
  });
});

describe('the row under the cursor', () => {
  it('stays in its place when it leaves the list, so that Enter opens what was claimed', () => {
    const pinned = { row: row('b'), index: 1 };
    expect(withPin([row('a'), row('c')], pinned).map((one) => one.task_id)).toEqual(['a', 'b', 'c']);
    expect(withPin([row('a'), row('b')], pinned)).toHaveLength(2);
    expect(withPin([], pinned)).toHaveLength(1);
  });

  it('is not taken along into what was searched for since', () => {
    const [all, found] = [[row('a'), row('b')], [row('c')]];
    const before = heldAfter(null, all, 'a', '');
    expect(before).toMatchObject({ index: 0, filter: '' });
    expect(heldAfter(before, all, 'a', null)).toBe(before);
    expect(heldAfter(before, found, 'a', 'q=x')?.filter).toBe('');
  });

  it('shows what the claim answered, and offers nothing when somebody else took it', () => {
    const task = {
      version: 2,
      state: 'claimed',
      reader: { id: 'me', name: '甲' },
      verbs: ['release'],
    } as unknown as TaskView;
    expect(leftList(row('b'), task)).toMatchObject({ state: 'claimed', verbs: ['release'], gone: true });
    expect(leftList(row('b'), undefined)).toMatchObject({ state: 'queued', verbs: [], gone: true });
  });

  it('is shown once though two pages hold it', () => {
    expect(distinct([row('a'), row('b'), row('a')])).toHaveLength(2);
  });
});
