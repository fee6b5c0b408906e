import { beforeEach, describe, expect, it } from 'vitest';
import { dropCopy, findCopy, keepCopy, sweepCopies } from './safetyCopy';
import type { Sections } from './sections';

const text = (findings: string): Sections => ({ findings, impression: '', advice: '' });
const DAY = 24 * 60 * 60 * 1000;

describe('the safety copy', () => {
  beforeEach(() => localStorage.clear());

  it('brings back words that the server does not have', () => {
    keepCopy('r1', 'p1', { text: text('未保存'), version: 4, at: 1000 });
    expect(findCopy('r1', 'p1', text(''), 2000)?.text.findings).toBe('未保存');
  });

  it('is not offered to another person, for another report, or when the server has the same', () => {
    keepCopy('r1', 'p1', { text: text('未保存'), version: 4, at: 1000 });
    expect(findCopy('r1', 'p2', text(''), 2000)).toBeNull();
    expect(findCopy('r2', 'p1', text(''), 2000)).toBeNull();
    expect(findCopy('r1', 'p1', text('未保存\n'), 2000)).toBeNull();
  });

  it('goes when dropped, when too old, and when it is nonsense', () => {
    keepCopy('r1', 'p1', { text: text('a'), version: 1, at: 0 });
    dropCopy('r1', 'p1');
    expect(findCopy('r1', 'p1', text(''), 1)).toBeNull();
    keepCopy('r1', 'p1', { text: text('a'), version: 1, at: 0 });
    expect(findCopy('r1', 'p1', text(''), 4 * DAY)).toBeNull();
    localStorage.setItem('teleconsult.report.r3.p1', '{"text":3}');
    localStorage.setItem('teleconsult.prefs', '{}');
    sweepCopies(4 * DAY);
    expect(Object.keys(localStorage)).toEqual(['teleconsult.prefs']);
  });
});
