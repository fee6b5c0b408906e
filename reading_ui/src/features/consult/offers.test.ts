import { describe, expect, it } from 'vitest';
import { actionsOf, nextOf } from './offers';
import type { State } from './types';

const seen = (state: State, verbs: string[], room: string | null = null) => ({ state, verbs, room_id: room });

describe('the buttons of a consultation', () => {
  it('are what the server offers, and one of them is the next thing to do', () => {
    const triage = seen('submitted', ['accept', 'route', 'ask_supplement', 'reject', 'cancel']);
    expect(actionsOf(triage)).toEqual(['accept', 'ask_supplement', 'route', 'reject', 'cancel']);
    expect(nextOf(triage)).toBe('accept');
  });

  it('are one for the choice of an expert, with a time or in writing', () => {
    expect(actionsOf(seen('accepted', ['assign', 'schedule', 'cancel']))).toEqual(['arrange', 'cancel']);
    expect(nextOf(seen('accepted', ['assign', 'schedule']))).toBe('arrange');
    expect(nextOf(seen('scheduled', ['assign', 'schedule']))).toBeNull();
  });

  it('lead into the room while there is one', () => {
    expect(nextOf(seen('scheduled', ['confirm', 'decline_time'], 'r'))).toBe('confirm');
    expect(nextOf(seen('scheduled', ['decline_time'], 'r'))).toBe('enter');
    expect(actionsOf(seen('closed', [], 'r'))).toEqual([]);
    // Once the opinion is written its signature is the next thing, on a card of its own.
    expect(nextOf(seen('opinion', ['decline_time', 'sign'], 'r'))).toBeNull();
  });
});
