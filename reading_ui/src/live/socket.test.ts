import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** What went over the line, in order, and the answers that the server owes. */
const line = vi.hoisted(() => ({ said: [] as string[], heard: new Map<string, () => void>() }));

vi.mock('socket.io-client', () => ({
  io: () => ({
    connected: true,
    on: (event: string, tell: () => void) => line.heard.set(event, tell),
    emit: (event: string, { kind, id }: { kind: string; id: string }, answer?: (said: object) => void) => {
      line.said.push(`${event} ${kind}:${id}`);
      answer?.({ ok: true });
    },
    disconnect: () => undefined,
  }),
}));

const { closeLine, followSubject, openLine } = await import('./socket');
const follower = () => ({ fact: vi.fn(), gap: vi.fn(), joined: vi.fn() });

describe('following a subject', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    line.said.length = 0;
    openLine();
  });
  afterEach(() => {
    vi.runAllTimers();
    closeLine();
    vi.useRealTimers();
  });

  it('goes over from one screen to the next without a leave, and tells the next that it has joined', () => {
    const seats = follower();
    const away = followSubject('room', '1', follower());
    away();
    const left = followSubject('room', '1', seats);
    vi.runAllTimers();
    expect(line.said).toEqual(['join room:1', 'join room:1']);
    expect(seats.joined).toHaveBeenCalledTimes(1);
    left();
  });

  it('leaves once nobody has followed for a moment', () => {
    followSubject('room', '2', follower())();
    expect(line.said).toEqual(['join room:2']);
    vi.runAllTimers();
    expect(line.said).toEqual(['join room:2', 'leave room:2']);
  });

  it('leaves once, however often screens came and went in that moment', () => {
    for (let times = 0; times < 3; times += 1) followSubject('room', '3', follower())();
    vi.runAllTimers();
    expect(line.said.filter((one) => one.startsWith('leave'))).toEqual(['leave room:3']);
  });
});
