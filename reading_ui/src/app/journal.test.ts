import { describe, expect, it } from 'vitest';
import noticesEn from '@/features/notices/i18n/en.json';
import noticesZh from '@/features/notices/i18n/zh-CN.json';
import factsEn from '@/ui/facts/i18n/en.json';
import factsZh from '@/ui/facts/i18n/zh-CN.json';

const leaves = (tree: object, path = ''): string[] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? leaves(value, `${path}${key}.`) : [`${path}${key}`],
  );

describe('the journal', () => {
  it.each([
    ['zh-CN', noticesZh.code, factsZh.value],
    ['en', noticesEn.code, factsEn.value],
  ])('says in words what somebody was told: %s', (_language, codes, words) => {
    const known = new Set(leaves(words));
    expect(leaves(codes).filter((code) => !known.has(code))).toEqual([]);
  });
});
