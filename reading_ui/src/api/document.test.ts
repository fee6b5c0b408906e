import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import document from './openapi.json';

const paths = Object.entries(document.paths).map(([path, methods]) => ({
  methods: Object.keys(methods),
  shape: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  path,
}));

/** `get<…>('/api/…')` and its kin in a source file, with every `${…}` as one path segment. */
function callsIn(file: string): Array<{ method: string; path: string }> {
  const code = readFileSync(file, 'utf8');
  const named = /\b(get|post|put|patch)(?:<[^(]*>)?\(\s*[`']((?:\/api\/)[^`']+)[`']/g;
  return [...code.matchAll(named)].map(([, method = '', path = '']) => ({
    method,
    path: path.replace(/\?.*$/, '').replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, 'x'),
  }));
}

/** The variable last step of a task's path: each verb has its own path in the document. */
const fits = (wanted: string, shape: RegExp, path: string): boolean =>
  shape.test(wanted) ||
  (wanted.endsWith('/x') && shape.test(wanted.replace(/x$/, path.split('/').at(-1) ?? '')));

const sources = globSync('src/**/*.ts').filter((file) => !file.includes('.test.') && !file.endsWith('.d.ts'));

describe('the calls of the screens', () => {
  const calls = sources.flatMap((file) => callsIn(file).map((call) => ({ file, ...call })));

  it('are found in the sources', () => expect(calls.length).toBeGreaterThan(30));

  it.each(calls)('$method $path is in the server’s document', ({ method, path }) => {
    const known = paths.some((one) => one.methods.includes(method) && fits(path, one.shape, one.path));
    expect(known).toBe(true);
  });
});
