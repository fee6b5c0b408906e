import { describe, expect, it } from 'vitest';
import { byDue, countOf, hatsOf, queryOf, shelved, shelves } from './shelves';
import type { Line } from './types';

const line = (id: string, given: Partial<Line>): Line =>
  ({ id, state: 'submitted', paused: false, due_at: null, starts_at: null, verbs: [], ...given }) as Line;
const ids = (lines: Line[]) => lines.map(({ id }) => id);

describe('the shelves of consultations', () => {
  it('are those of the hats that a person wears', () => {
    expect(hatsOf(new Set(['county_doctor'] as const))).toEqual(['ask']);
    expect(hatsOf(new Set(['coordinator'] as const))).toEqual(['triage', 'ask']);
    expect(hatsOf(new Set(['expert', 'reviewer'] as const))).toEqual(['answer', 'ask']);
    expect(hatsOf(new Set(['auditor'] as const))).toEqual(['look']);
  });

  it('put what is due first on top, and what stands still below', () => {
    const later = line('later', { due_at: '2026-11-22T10:00:00Z' });
    const sooner = line('sooner', { due_at: '2026-11-22T09:00:00Z' });
    const meets = line('meets', { state: 'scheduled', starts_at: '2026-11-22T08:00:00Z', due_at: null });
    const paused = line('paused', { paused: true, due_at: '2026-11-22T01:00:00Z' });
    expect(ids(byDue([paused, later, sooner, meets]))).toEqual(['meets', 'sooner', 'later', 'paused']);
  });

  it('tell invitations from what one has said yes to', () => {
    const [invited, , scheduled] = shelves.answer;
    const asked = line('asked', { verbs: ['confirm'] });
    const agreed = line('agreed', { verbs: ['start'] });
    expect(invited && ids(shelved(invited, [asked, agreed]))).toEqual(['asked']);
    expect(scheduled && ids(shelved(scheduled, [asked, agreed]))).toEqual(['agreed']);
  });

  it('ask the server for one side, and count by its states', () => {
    const waiting = shelves.ask.find(({ key }) => key === 'waiting');
    if (!waiting) throw new Error('no such shelf');
    expect(queryOf('ask', waiting, '', '')).toMatchObject({ state: 'submitted,supplement', side: 'asking' });
    expect(countOf('ask', waiting, { submitted: 2, supplement: 1, signed: 4 })).toBe(3);
  });
});
