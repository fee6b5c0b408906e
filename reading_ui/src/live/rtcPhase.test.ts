import { describe, expect, it } from 'vitest';
import { type Happened, OFF, type PhaseState, pause, step, withoutTicket } from './rtcPhase';

const through = (from: PhaseState, ...events: Happened[]) =>
  events.reduce((now, event) => step(now.state, event, 0.5), { state: from, effects: [] } as ReturnType<
    typeof step
  >);
const live: PhaseState = { phase: 'live', why: null, tries: 0 };

describe('the media connection', () => {
  it('asks for a ticket when it is wanted, once', () => {
    const wanted = step(OFF, { kind: 'wanted' });
    expect(wanted).toEqual({ state: { phase: 'joining', why: null, tries: 0 }, effects: [{ do: 'admit' }] });
    expect(step(wanted.state, { kind: 'wanted' }).effects).toEqual([]);
    expect(step(wanted.state, { kind: 'connected' }).state).toEqual(live);
  });

  it('rebuilds both connections at once with a new ticket when a live one is lost', () => {
    const lost = step(live, { kind: 'lost', why: 'restart' }, 0.5);
    expect(lost.state.phase).toBe('waiting');
    expect(lost.effects).toEqual([{ do: 'drop' }, { do: 'wait', ms: 0 }]);
    expect(step(lost.state, { kind: 'time' }).effects).toEqual([{ do: 'admit' }]);
  });

  it('never waits long between attempts: a link that is back must carry media within five seconds', () => {
    for (let tries = 0; tries < 200; tries++) {
      expect(pause(tries, 'unreachable', 1)).toBeLessThanOrEqual(1200);
    }
  });

  it('asks seldom for what will not change by itself', () => {
    expect(pause(50, 'loopback', 0.5)).toBe(5000);
    expect(pause(50, 'no_node', 0.5)).toBe(5000);
    expect(pause(2, 'no_node', 0.5)).toBe(500);
  });

  it('says of an admission without a ticket what it says itself: no media here, no node now, or that one waits outside', () => {
    expect(withoutTicket('media.off')).toBe('off');
    expect(withoutTicket('media.no_node')).toBe('no_node');
    expect(withoutTicket('media.something_new')).toBe('no_node');
    expect(withoutTicket(null)).toBe('outside');
  });

  it('knocks at an installation without media once a minute from the first time on, and does not give up somebody who waits outside', () => {
    expect(pause(1, 'off', 0.5)).toBe(60_000);
    expect(pause(50, 'off', 0.5)).toBe(60_000);
    expect(pause(1, 'outside', 0.5)).toBe(3_000);
    const joining: PhaseState = { phase: 'joining', why: null, tries: 0 };
    const outside = step(joining, { kind: 'lost', why: 'outside' }, 0.5);
    expect(outside.state).toEqual({ phase: 'waiting', why: 'outside', tries: 1 });
    expect(step(outside.state, { kind: 'time' }).effects).toEqual([{ do: 'admit' }]);
  });

  it('spreads the attempts of many seats', () => {
    expect(pause(3, 'restart', 0)).toBeLessThan(pause(3, 'restart', 1));
  });

  it('counts one loss once, however many parts of it are reported', () => {
    const twice = through(live, { kind: 'lost', why: 'restart' }, { kind: 'lost', why: 'unreachable' });
    expect(twice.state).toEqual({ phase: 'waiting', why: 'unreachable', tries: 0 });
    expect(twice.effects).toEqual([]);
  });

  it('stays out when the same person has come in elsewhere, was removed, or the room is closed', () => {
    for (const [code, why] of [
      ['seat.replaced', 'replaced'],
      ['seat.removed', 'removed'],
      ['room.closed', 'closed'],
    ] as const) {
      const out = step(live, { kind: 'refused', code });
      expect(out.state).toEqual({ phase: 'ended', why, tries: 0 });
      expect(step(out.state, { kind: 'online' }).effects).toEqual([]);
      expect(step(out.state, { kind: 'lost', why: 'restart' }).state.phase).toBe('ended');
    }
  });

  it('asks for another ticket when this one was refused', () => {
    const joining: PhaseState = { phase: 'joining', why: null, tries: 0 };
    const again = step(joining, { kind: 'refused', code: 'ticket.expired' }, 0.5);
    expect(again.state).toEqual({ phase: 'waiting', why: 'refused', tries: 1 });
  });

  it('starts anew at once after a change of network or sleep', () => {
    expect(step(live, { kind: 'online' }).effects).toEqual([{ do: 'drop' }, { do: 'admit' }]);
    expect(step(OFF, { kind: 'online' }).effects).toEqual([]);
  });

  it('can be taken up again by hand after it has ended', () => {
    const ended: PhaseState = { phase: 'ended', why: 'replaced', tries: 0 };
    expect(step(ended, { kind: 'wanted' }).effects).toEqual([{ do: 'admit' }]);
  });

  it('drops everything when it is no longer wanted', () => {
    expect(step(live, { kind: 'unwanted' })).toEqual({ state: OFF, effects: [{ do: 'drop' }] });
    expect(step(OFF, { kind: 'time' }).effects).toEqual([]);
  });
});
