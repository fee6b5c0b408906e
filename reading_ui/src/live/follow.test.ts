import { describe, expect, it } from 'vitest';
import { follow, type LiveFact } from './follow';

const fact = (version: number, name = 'TaskClaimed'): LiveFact => ({
  subject: 'task',
  subject_id: 't',
  version,
  name,
});
const snapshot = { version: 3, state: 'queued' };
const apply = (have: typeof snapshot, news: LiveFact) =>
  news.name === 'TaskClaimed' ? { ...have, state: 'claimed' } : null;

describe('a live screen', () => {
  it('applies the next version', () => {
    expect(follow(snapshot, fact(4), apply)).toEqual({
      next: { version: 4, state: 'claimed' },
      refetch: false,
    });
  });

  it('ignores what it knows already, in whatever order it comes', () => {
    expect(follow(snapshot, fact(3), apply)).toEqual({ next: snapshot, refetch: false });
    expect(follow(snapshot, fact(1), apply)).toEqual({ next: snapshot, refetch: false });
  });

  it('asks for a fresh snapshot after a gap', () => {
    expect(follow(snapshot, fact(5), apply)).toEqual({ next: snapshot, refetch: true });
  });

  it('asks for a fresh snapshot when it cannot apply a fact', () => {
    expect(follow(snapshot, fact(4, 'TaskReturned'), apply).refetch).toBe(true);
    expect(follow(snapshot, fact(4)).refetch).toBe(true);
  });
});
