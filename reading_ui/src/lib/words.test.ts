import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { words as en } from './words.en';
import { words as zh } from './words.zh-CN';

type Words = Record<string, unknown>;

/** Every leaf as `namespace:a.b.c` with its text. */
function leaves(all: Record<string, Words>): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (path: string, node: unknown) => {
    if (typeof node === 'string') found.set(path, node);
    else for (const [key, child] of Object.entries(node as Words)) walk(`${path}.${key}`, child);
  };
  for (const [namespace, words] of Object.entries(all)) {
    for (const [key, child] of Object.entries(words)) walk(`${namespace}:${key}`, child);
  }
  return found;
}

const [chinese, english] = [leaves(zh), leaves(en)];
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((hole) => hole[1]).sort();
const sources = globSync('src/**/*.{ts,tsx}').filter((file) => !file.includes('.test.'));

const everyNamespace = [...new Set([...chinese.keys()].map((key) => key.split(':')[0] ?? ''))];

/** Literal keys of `t('…')` and `label: 'ns:…'` that no namespace of the file holds. A `t` handed in may be of any. */
function unknownKeys(file: string): string[] {
  const code = readFileSync(file, 'utf8');
  const own = [...code.matchAll(/useTranslation\('([\w-]+)'\)/g)].map((found) => found[1] ?? '');
  const namespaces = own.length > 0 ? own : everyNamespace;
  // A key that counts things is kept with an ending for one and for several.
  const held = (key: string) => chinese.has(key) || chinese.has(`${key}_other`);
  const known = (key: string) =>
    key.includes(':') ? held(key) : namespaces.some((namespace) => held(`${namespace}:${key}`));
  const named = [...code.matchAll(/\bt\(\s*'([^'$]+)'/g), ...code.matchAll(/\blabel: '([\w-]+:[^'$]+)'/g)];
  return named.map(([, key = '']) => key).filter((key) => !known(key));
}

describe('the words of the screens', () => {
  it('are there in both languages, with the same holes to fill', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    for (const [key, text] of chinese)
      expect([key, holes(english.get(key) ?? '')]).toEqual([key, holes(text)]);
  });

  it('exist for every key that the code names', () => {
    const missing = sources.flatMap((file) => unknownKeys(file).map((key) => `${file}: ${key}`));
    expect(missing).toEqual([]);
  });

  it('leave no English sentence in the Chinese screens', () => {
    const plain = [...chinese].filter(([, text]) =>
      /[a-z]{4,} [a-z]{2,} [a-z]{2,}/i.test(text.replace(/\{\{.*?\}\}|\$t\(.*?\)/g, '')),
    );
    expect(plain).toEqual([]);
  });
});
