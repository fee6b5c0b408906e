import { describe, expect, it } from 'vitest';
import { begun, outcome } from './sending';

const ended = (kinds: Record<string, number>, ...codes: string[]) =>
  outcome({
    ...begun(),
    state: 'done',
    kinds,
    problems: codes.map((code, n) => ({ path: `${n}.dcm`, code })),
  });

describe('the end of an upload', () => {
  it('is no success where the centre has taken nothing in', () => {
    expect(ended({ refused: 1 }, 'object.unreadable')).toBe('refused');
    expect(ended({}, 'file.gone')).toBe('refused');
  });

  it('says that something was not taken in, or is kept apart', () => {
    expect(ended({ stored: 2, refused: 1 }, 'object.unreadable')).toBe('partly');
    expect(ended({ conflict: 1, identity: 1 }, 'conflict', 'identity')).toBe('apart');
    expect(ended({ conflict: 1, refused: 1 }, 'conflict', 'object.unreadable')).toBe('refused');
  });

  it('is done where all of it is there', () => {
    expect(ended({ stored: 3, repeat: 1 })).toBe('done');
    expect(outcome({ ...begun(), state: 'sending' })).toBe('sending');
  });
});
