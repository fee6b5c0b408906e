import { beforeEach, describe, expect, it } from 'vitest';
import { offline, Problem } from '@/api/problem';
import {
  again,
  deliver,
  forget,
  lineId,
  over,
  restore,
  seen,
  useOutbox,
  type Waiting,
  write,
} from './outbox';

const lines = (): readonly Waiting[] => useOutbox.getState().lines;
const phases = (): string[] => lines().map(({ text, phase }) => `${text} ${phase}`);

/** A server that is reached or not, and writes each line once. */
function server() {
  const written = new Map<string, string>();
  const state = { up: true, refuse: '' };
  const send = async ({ id, text }: Waiting) => {
    if (!state.up) throw offline();
    if (state.refuse !== '') throw new Problem(409, state.refuse);
    if (!written.has(id)) written.set(id, text);
  };
  return { written, state, send };
}

describe('lines of chat that were not told yet', () => {
  beforeEach(() => {
    sessionStorage.clear();
    useOutbox.setState({ lines: [] });
  });

  /** The page is loaded anew: what it knew is gone, what it kept is not. */
  const reloaded = (room = 'room', person = 'me') => {
    useOutbox.setState({ lines: [] });
    restore(room, person);
  };

  it('wait while nobody is there, and are sent in the order in which they were written', async () => {
    const { written, state, send } = server();
    state.up = false;
    write('room', 'me', '', '一');
    write('room', 'me', '', '二');
    await deliver('room', 'me', send);
    expect(phases()).toEqual(['一 waiting', '二 waiting']);
    state.up = true;
    await deliver('room', 'me', send);
    expect([...written.values()]).toEqual(['一', '二']);
    expect(phases()).toEqual(['一 said', '二 said']);
    seen(new Set(lines().map(({ id }) => id)));
    expect(lines()).toEqual([]);
  });

  it('keep their name when the answer got lost, so that the server writes them once', async () => {
    const { written, send } = server();
    write('room', 'me', '', '一');
    let lost = true;
    const losing = async (line: Waiting) => {
      await send(line);
      if (lost) {
        lost = false;
        throw offline();
      }
    };
    await deliver('room', 'me', losing);
    expect(phases()).toEqual(['一 waiting']);
    await deliver('room', 'me', losing);
    expect(written.size).toBe(1);
    expect(phases()).toEqual(['一 said']);
  });

  it('that are refused stay for somebody to decide, and those behind them go on', async () => {
    const { written, state, send } = server();
    write('room', 'me', 'first', '甲');
    state.refuse = 'chat.other_case';
    await deliver('room', 'me', send);
    expect(lines()[0]).toMatchObject({ phase: 'refused', problem: { code: 'chat.other_case' } });
    state.refuse = '';
    write('room', 'me', 'second', '乙');
    const [first] = lines();
    await deliver('room', 'me', send);
    expect([...written.values()]).toEqual(['乙']);
    again(first?.id ?? '', 'second');
    await deliver('room', 'me', send);
    expect([...written.values()]).toEqual(['乙', '甲']);
    expect(lines().at(-1)).toMatchObject({ item: 'second', phase: 'said' });
    forget(lines().at(-1)?.id ?? '');
    expect(lines()).toHaveLength(1);
  });

  it('wait while the seat is being taken again and while one is signed out', async () => {
    write('room', 'me', '', '一');
    for (const problem of [new Problem(403, 'room.not_in'), new Problem(401, 'session.ended')]) {
      await deliver('room', 'me', () => Promise.reject(problem));
      expect(phases()).toEqual(['一 waiting']);
    }
  });

  it('are of one person: whoever signs in after them finds none', () => {
    write('room', 'me', '', '一');
    write('room', 'somebody else', '', '二');
    expect(lines().map(({ text }) => text)).toEqual(['二']);
  });

  it('outlive a reload of the page under the name they had, in order, and are told once', async () => {
    const { written, state, send } = server();
    state.up = false;
    write('room', 'me', '', '一');
    write('room', 'me', '', '二');
    await deliver('room', 'me', send);
    const [first] = lines();
    written.set(first?.id ?? '', '一'); // the server had it already when the page was left
    reloaded();
    restore('room', 'me');
    expect(phases()).toEqual(['一 waiting', '二 waiting']);
    state.up = true;
    await deliver('room', 'me', send);
    expect([...written.values()]).toEqual(['一', '二']);
    reloaded();
    expect(lines()).toEqual([]);
  });

  it('that were refused are still refused after a reload, with the reason', async () => {
    const { state, send } = server();
    write('room', 'me', 'first', '甲');
    state.refuse = 'chat.other_case';
    await deliver('room', 'me', send);
    reloaded();
    expect(lines()[0]).toMatchObject({ phase: 'refused', problem: { status: 409, code: 'chat.other_case' } });
    forget(lines()[0]?.id ?? '');
    reloaded();
    expect(lines()).toEqual([]);
  });

  it('stay of one room and one person after a reload', () => {
    write('room', 'me', '', '一');
    reloaded('another room');
    expect(lines()).toEqual([]);
    reloaded('room', 'somebody else');
    expect(lines()).toEqual([]);
    reloaded();
    expect(phases()).toEqual(['一 waiting']);
  });

  it('are forgotten when the room is over, but for whoever has the page open', () => {
    write('room', 'me', '', '一');
    over('room', 'me');
    expect(phases()).toEqual(['一 waiting']);
    reloaded();
    expect(lines()).toEqual([]);
  });

  it('that somebody else changed in the store are none', () => {
    for (const kept of ['{', '3', '[{"id":1}]', '[null]']) {
      sessionStorage.setItem('teleconsult.words.me.room.room', kept);
      reloaded();
      expect(lines()).toEqual([]);
    }
  });

  it('have names of 32 hexadecimal digits, each another', () => {
    const names = Array.from({ length: 50 }, lineId);
    expect(new Set(names).size).toBe(50);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{32}$/);
  });
});
