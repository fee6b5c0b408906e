import { describe, expect, it } from 'vitest';
import {
  type Autosave,
  dueAt,
  type Happening,
  LONGEST_MS,
  opened,
  QUIET_MS,
  step,
  unsaved,
} from './autosave';
import type { Sections } from './sections';

const text = (findings: string): Sections => ({ findings, impression: '', advice: '' });
const reach = (state: Autosave, ...all: Happening[]): Autosave => all.reduce(step, state);
const start = opened(text(''), 1, null);
const edit = (findings: string, now: number): Happening => ({ kind: 'edit', text: text(findings), now });
const kept = (version: number, now = 0): Happening => ({
  kind: 'kept',
  version,
  savedAt: '2026-11-21T06:31:08Z',
  now,
});

describe('autosave', () => {
  it('sends after a pause in typing, and not before', () => {
    const state = reach(start, edit('a', 1000), edit('ab', 1400));
    expect(dueAt(state)).toBe(1400 + QUIET_MS);
  });

  it('does not wait for a pause that never comes', () => {
    let state = reach(start, edit('a', 0));
    for (let now = 500; now < 9000; now += 500) state = reach(state, edit(`a${now}`, now));
    expect(dueAt(state)).toBe(LONGEST_MS);
  });

  it('has nothing to send when a text only gained blank line ends', () => {
    const state = reach(opened(text('肺纹理清晰'), 3, null), edit('肺纹理清晰 \n', 10));
    expect([state.phase, dueAt(state), unsaved(state)]).toEqual(['saved', null, false]);
  });

  it('keeps what was typed while the last words were on their way', () => {
    const state = reach(start, edit('a', 0), { kind: 'send' }, edit('ab', 100), kept(2, 200));
    expect([state.phase, state.version, state.kept.findings, state.text.findings]).toEqual([
      'dirty',
      2,
      'a',
      'ab',
    ]);
    expect(reach(state, { kind: 'send' }, kept(3)).phase).toBe('saved');
  });

  it('never sends twice at once', () => {
    const sending = reach(start, edit('a', 0), { kind: 'send' });
    expect(reach(sending, { kind: 'send' })).toBe(sending);
    expect(dueAt(sending)).toBeNull();
  });

  it('tries again with longer pauses while the line is broken, and loses nothing', () => {
    const failed: Happening = { kind: 'failed', code: 'network.unreachable', now: 0 };
    const once = reach(start, edit('a', 0), { kind: 'send' }, failed);
    const thrice = reach(once, { kind: 'send' }, failed, { kind: 'send' }, failed);
    expect(dueAt(once)).toBe(2000);
    expect(dueAt(thrice)).toBe(8000);
    expect([thrice.text.findings, unsaved(thrice)]).toEqual(['a', true]);
    expect(reach(thrice, { kind: 'send' }, kept(2)).tries).toBe(0);
  });

  it('stops at a conflict until the writer has decided', () => {
    const stuck = reach(
      start,
      edit('mine', 0),
      { kind: 'send' },
      { kind: 'stale', version: 5, code: 'version.stale' },
    );
    expect([dueAt(stuck), stuck.text.findings, stuck.theirs]).toEqual([null, 'mine', 5]);
    const typing = reach(stuck, edit('mine, more', 10));
    expect(typing.phase).toBe('conflict');
    const mine = reach(typing, { kind: 'mine', version: 5, now: 20 });
    expect([mine.phase, mine.version, mine.text.findings]).toEqual(['dirty', 5, 'mine, more']);
    const theirs = reach(stuck, { kind: 'theirs', text: text('theirs'), version: 5, savedAt: null });
    expect([theirs.phase, theirs.version, theirs.text.findings]).toEqual(['saved', 5, 'theirs']);
  });

  it('keeps the words on the screen when the report is no longer ours', () => {
    const out = reach(start, edit('a', 0), { kind: 'send' }, { kind: 'refused', code: 'task.not_claimed' });
    expect([out.phase, out.text.findings, dueAt(out), unsaved(out)]).toEqual(['refused', 'a', null, true]);
  });
});
