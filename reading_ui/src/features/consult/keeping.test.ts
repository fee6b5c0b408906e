import { describe, expect, it } from 'vitest';
import { dueAt, type Keeping, LONGEST_MS, opened, QUIET_MS, step, unsaved } from './keeping';

interface Form {
  question: string;
}
const form = (question: string): Form => ({ question });
const edit = (state: Keeping<Form>, question: string, now: number) =>
  step(state, { kind: 'edit', value: form(question), now });

describe('a form that keeps itself', () => {
  it('is sent after a pause, and not later than a while after the first letter', () => {
    let state = opened(form(''), 1, null);
    expect(dueAt(state)).toBeNull();
    state = edit(state, 'a', 1000);
    expect(dueAt(state)).toBe(1000 + QUIET_MS);
    state = edit(state, 'ab', 1000 + LONGEST_MS - 10);
    expect(dueAt(state)).toBe(1000 + LONGEST_MS);
  });

  it('goes on being unsaved with what was written while it was on its way', () => {
    let state = step(edit(opened(form(''), 1, null), 'a', 1), { kind: 'send' });
    state = edit(state, 'ab', 2);
    state = step(state, { kind: 'kept', version: 2, savedAt: 'now', now: 3 });
    expect([state.phase, state.version, unsaved(state)]).toEqual(['dirty', 2, true]);
  });

  it('tries again later each time the line breaks', () => {
    let state = step(edit(opened(form(''), 1, null), 'a', 1), { kind: 'send' });
    state = step(state, { kind: 'failed', code: 'network.unreachable', now: 100 });
    expect(dueAt(state)).toBe(2100);
    state = step(step(state, { kind: 'send' }), { kind: 'failed', code: 'network.unreachable', now: 3000 });
    expect(dueAt(state)).toBe(7000);
  });

  it('tries at once when the line is back, and soon when somebody goes on writing', () => {
    let state = step(edit(opened(form(''), 1, null), 'a', 1), { kind: 'send' });
    for (let tries = 0; tries < 5; tries++) {
      state = step(state, { kind: 'failed', code: 'network.unreachable', now: 100_000 });
      state = tries < 4 ? step(state, { kind: 'send' }) : state;
    }
    expect(dueAt(state)).toBe(130_000);
    expect(dueAt(step(state, { kind: 'back', now: 104_000 }))).toBe(104_000);
    let writing = edit(state, 'ab', 105_000);
    writing = edit(writing, 'abc', 106_000);
    expect(dueAt(writing)).toBe(105_000 + QUIET_MS);
  });

  it('goes on under the new number when only the number has moved', () => {
    const state = step(opened(form('x'), 1, 'then'), { kind: 'moved', version: 4 });
    expect([state.phase, state.version, state.savedAt, unsaved(state)]).toEqual(['saved', 4, 'then', false]);
  });

  it('waits for a decision when somebody else has saved, and sends nothing meanwhile', () => {
    let state = step(edit(opened(form('x'), 1, null), 'mine', 1), { kind: 'send' });
    state = step(state, { kind: 'stale', code: 'version.stale' });
    expect([state.phase, dueAt(state)]).toEqual(['conflict', null]);
    const mine = step(state, { kind: 'mine', version: 5, now: 9 });
    expect([mine.phase, mine.version, mine.value.question]).toEqual(['dirty', 5, 'mine']);
    const theirs = step(state, { kind: 'theirs', value: form('theirs'), version: 5 });
    expect([theirs.phase, theirs.value.question, unsaved(theirs)]).toEqual(['saved', 'theirs', false]);
  });

  it('is nothing to send when a letter was taken back before the pause', () => {
    const state = edit(opened(form('x'), 1, null), 'x', 1);
    expect(state.phase).toBe('saved');
  });
});
