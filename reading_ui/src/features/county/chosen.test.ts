import { describe, expect, it } from 'vitest';
import { chosenOf } from './chosen';

const keyOf = (row: string) => row;

describe('the study that something is begun with', () => {
  it('is none until somebody chooses', () => {
    expect(chosenOf(['new', 'old'], keyOf, null)).toBeNull();
  });

  it('is the one that was chosen, also when a newer one arrives', () => {
    expect(chosenOf(['newer', 'new', 'old'], keyOf, 'old')).toBe('old');
  });

  it('is none again when that leaves the list: never its neighbour', () => {
    expect(chosenOf(['newer', 'new'], keyOf, 'old')).toBeNull();
  });
});
