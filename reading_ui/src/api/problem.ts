/** RFC 9457 problem of the server, or one of our own for what never reached it. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly params: Record<string, string | number>;

  constructor(status: number, code: string, detail = '', params: Record<string, string | number> = {}) {
    super(`${code} (${status}) ${detail}`);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.params = params;
  }

  /** Nothing was decided: asking again is worth it. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** There is nothing here for this person: asking again by oneself changes nothing, and each look of a stranger is on record. */
export const wasRefused = (error: unknown): boolean =>
  error instanceof Problem && (error.status === 403 || error.status === 404);

const words = (value: unknown): string => (typeof value === 'string' ? value : '');

function numbersAndWords(value: unknown): Record<string, string | number> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string | number] =>
        typeof entry[1] === 'string' || typeof entry[1] === 'number',
    ),
  );
}

/** Reads `application/problem+json`; any other body becomes `http.<status>` so that it still has words. */
export async function problemOf(response: Response): Promise<Problem> {
  const fallback = new Problem(response.status, `http.${response.status}`);
  try {
    const body: unknown = await response.json();
    if (typeof body !== 'object' || body === null) return fallback;
    const { code, detail, params } = body as Record<string, unknown>;
    if (typeof code !== 'string') return fallback;
    return new Problem(response.status, code, words(detail), numbersAndWords(params));
  } catch {
    return fallback;
  }
}

export const offline = (): Problem => new Problem(0, 'network.unreachable');

export const asProblem = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : new Problem(0, 'client.unexpected', error instanceof Error ? error.message : '');
