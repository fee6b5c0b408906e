import { asProblem, offline, type Problem, problemOf } from './problem';
import { csrf, expired, restored, useSession } from './session';

export type Query = Record<string, string | number | boolean | null | undefined>;

interface Ask {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Ask with the ETag of the last answer; an unchanged answer costs a few bytes. */
  etag?: boolean;
  /** The call is about signing in itself: a 401 is its answer, not an expired session. */
  open?: boolean;
}

/** Answers by URL, newest last; small, because only lists that refresh themselves are kept. */
const answers = new Map<string, { etag: string; body: unknown }>();
const KEPT = 40;

export function url(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  }
  const tail = search.toString();
  return tail ? `${path}?${tail}` : path;
}

const asItIs = (body: unknown): body is FormData | Blob => body instanceof FormData || body instanceof Blob;

function headersOf(ask: Ask, address: string): Headers {
  const headers = new Headers({ Accept: 'application/json', ...ask.headers });
  // Of a form with files the browser itself says where one part ends.
  if (ask.body !== undefined && !asItIs(ask.body)) headers.set('Content-Type', 'application/json');
  if (ask.method !== 'GET') headers.set('X-CSRF-Token', csrf());
  const person = useSession.getState().me?.person.id;
  if (person && !ask.open) headers.set('X-Person', person);
  const known = ask.etag ? answers.get(address) : undefined;
  if (known) headers.set('If-None-Match', known.etag);
  return headers;
}

const aborted = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

async function send(ask: Ask, address: string): Promise<Response> {
  try {
    return await fetch(address, {
      method: ask.method,
      headers: headersOf(ask, address),
      body: ask.body === undefined || asItIs(ask.body) ? ask.body : JSON.stringify(ask.body),
      credentials: 'same-origin',
      signal: ask.signal,
    });
  } catch (error) {
    if (aborted(error)) throw error;
    throw offline();
  }
}

function remember(address: string, response: Response, body: unknown): void {
  const etag = response.headers.get('ETag');
  if (!etag) return;
  answers.delete(address);
  answers.set(address, { etag, body });
  const oldest = answers.keys().next().value;
  if (answers.size > KEPT && oldest !== undefined) answers.delete(oldest);
}

async function bodyOf(ask: Ask, address: string, response: Response): Promise<unknown> {
  if (response.status === 304) return answers.get(address)?.body;
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return null;
  const body: unknown = await response.json();
  if (ask.etag) remember(address, response, body);
  return body;
}

/** True when it is worth sending the same request again after the person has come back. */
async function cameBack(ask: Ask, problem: Problem): Promise<boolean> {
  if (ask.open || useSession.getState().state === 'out') return false;
  if (problem.status !== 401) return false;
  expired(problem.code);
  return restored();
}

/**
 * One request to the product API. A request that meets an expired session is held, not failed: it is sent again
 * with the new token once the same person has signed in, so that no text on the screen is lost.
 * @throws {Problem} for every refusal; an aborted request throws the DOM's AbortError.
 */
export async function request<T>(ask: Ask): Promise<T> {
  const address = url(ask.path, ask.query);
  if (!ask.open && useSession.getState().state === 'expired') await restored();
  for (let again = 0; ; again++) {
    const response = await send(ask, address);
    try {
      return (await bodyOf(ask, address, response)) as T;
    } catch (error) {
      if (aborted(error)) throw error;
      const problem = asProblem(error);
      if (again === 0 && (await cameBack(ask, problem))) continue;
      throw problem;
    }
  }
}

export const get = <T>(path: string, query?: Query, options: Pick<Ask, 'signal' | 'etag' | 'open'> = {}) =>
  request<T>({ method: 'GET', path, query, ...options });

export const post = <T>(path: string, body: unknown = {}, options: Pick<Ask, 'signal' | 'open'> = {}) =>
  request<T>({ method: 'POST', path, body, ...options });

export const put = <T>(path: string, body: unknown, options: Pick<Ask, 'signal'> = {}) =>
  request<T>({ method: 'PUT', path, body, ...options });

/** Bytes as they are: a part of a file. */
export const putBytes = <T>(
  path: string,
  body: Blob,
  query: Query,
  headers: Record<string, string>,
  options: Pick<Ask, 'signal'> = {},
) => request<T>({ method: 'PUT', path, query, body, headers, ...options });

export const patch = <T>(path: string, body: unknown) => request<T>({ method: 'PATCH', path, body });

/** After another person signs in on this browser, nothing of the previous one may be answered from memory. */
export const forgetAnswers = (): void => answers.clear();
