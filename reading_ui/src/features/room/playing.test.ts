import { describe, expect, it } from 'vitest';
import { goOn, type Played, steer } from './playing';

const at = (seconds: number, playing = true): Played => ({ at: seconds, playing, told: 1000 });

describe('the clock of a recording', () => {
  it('goes on while it plays and stops at the end', () => {
    expect(goOn(at(3), 1500, 10)).toEqual({ at: 3.5, playing: true, told: 1500 });
    expect(goOn(at(9.8), 1500, 10)).toEqual({ at: 10, playing: false, told: 1500 });
    expect(goOn(at(3, false), 9000, 10)).toEqual(at(3, false));
  });
  it('lets who came later wait, and sets right what is apart', () => {
    expect(steer(at(2), 5, 5)).toEqual({ play: false, jump: null });
    expect(steer(at(6), 5, 5.9)).toEqual({ play: true, jump: null });
    expect(steer(at(8), 5, 6)).toEqual({ play: true, jump: 8 });
    expect(steer(at(8, false), 5, 6)).toEqual({ play: false, jump: 8 });
  });
});
