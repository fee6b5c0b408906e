import { afterEach, describe, expect, it, vi } from 'vitest';
import { get, post, url } from './client';
import { Problem } from './problem';
import { signedIn, signedOut, useSession } from './session';
import type { Me } from './types';

const me = (csrf: string): Me =>
  ({
    person: { id: 'p', login: 'reader' },
    roles: [],
    csrf,
    session: { idle_seconds: 1800 },
    verbs: [],
  }) as unknown as Me;
const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });

/** Stands in for the network only: answers in order and remembers what was asked. */
function network(...answers: Array<Response | Error>) {
  const asked: Array<{ address: string; headers: Headers; body: unknown }> = [];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    asked.push({ address, headers: new Headers(init.headers), body: init.body });
    const answer = answers.shift();
    if (!answer) throw new Error('asked more often than expected');
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return asked;
}

afterEach(() => {
  vi.unstubAllGlobals();
  signedOut();
});

describe('the API client', () => {
  it('holds a request over an expired session and sends it again with the new token', async () => {
    signedIn(me('old'));
    const asked = network(json(401, { code: 'session.absent' }), json(200, { version: 8 }));
    const saved = post<{ version: number }>('/api/reports/r', { findings: '未见异常' });
    await vi.waitFor(() => expect(useSession.getState().state).toBe('expired'));
    expect(asked).toHaveLength(1);
    signedIn(me('new'));
    expect(await saved).toEqual({ version: 8 });
    expect(asked[1]?.headers.get('X-CSRF-Token')).toBe('new');
    expect(asked[1]?.body).toBe(asked[0]?.body);
  });

  it('says whose page it is, and holds still when another person has signed in in another tab', async () => {
    signedIn(me('old'));
    const asked = network(json(401, { code: 'session.other' }), json(200, { items: [] }));
    const list = get('/api/worklist');
    await vi.waitFor(() => expect(useSession.getState().why).toBe('session.other'));
    expect([asked[0]?.headers.get('X-Person'), useSession.getState().state]).toEqual(['p', 'expired']);
    signedIn(me('new'));
    expect(await list).toEqual({ items: [] });
  });

  it('fails held requests when the person leaves instead', async () => {
    signedIn(me('old'));
    network(json(401, { code: 'session.absent' }));
    const held = get('/api/worklist');
    await vi.waitFor(() => expect(useSession.getState().state).toBe('expired'));
    signedOut();
    await expect(held).rejects.toMatchObject({ status: 401 });
  });

  it('does not take a wrong password for an expired session', async () => {
    signedIn(me('t'));
    network(json(401, { code: 'session.absent' }));
    await expect(post('/api/login', {}, { open: true })).rejects.toMatchObject({ status: 401 });
    expect(useSession.getState().state).toBe('in');
  });

  it('answers from memory when the server says that nothing changed', async () => {
    signedIn(me('t'));
    const asked = network(json(200, { items: [1] }, { ETag: '"a"' }), new Response(null, { status: 304 }));
    const first = await get('/api/worklist', {}, { etag: true });
    expect(await get('/api/worklist', {}, { etag: true })).toBe(first);
    expect(asked[1]?.headers.get('If-None-Match')).toBe('"a"');
  });

  it('turns problem documents, other bodies and a dead network into problems', async () => {
    signedIn(me('t'));
    network(
      json(409, { code: 'task.claimed_by_other', params: { name: '阅片医师B' } }),
      new Response('<html>', { status: 502 }),
      new TypeError('failed to fetch'),
    );
    await expect(post('/api/tasks/t/claim')).rejects.toMatchObject({
      code: 'task.claimed_by_other',
      params: { name: '阅片医师B' },
    });
    await expect(get('/api/me')).rejects.toMatchObject({ code: 'http.502', passing: true });
    await expect(get('/api/me')).rejects.toBeInstanceOf(Problem);
  });

  it('leaves empty values out of addresses', () => {
    expect(url('/api/worklist', { q: '', site: undefined, mine: true, cursor: null })).toBe(
      '/api/worklist?mine=true',
    );
  });
});
