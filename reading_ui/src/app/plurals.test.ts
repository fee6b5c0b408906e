import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

type Words = { [key: string]: string | Words };

const leaves = (words: Words, before = ''): [string, string][] =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[before + key, value]] : leaves(value, `${before}${key}.`),
  );

const COUNTED =
  /\{\{\w+\}\} (?:files|images|studies|objects|entries|findings|members|phrases|days|stars|people|recommendations|addenda)\b/;
/** What is never one: a limit, a date that is called far, a number of which only a part has come. */
const MANY = new Set([
  'api:consultation.time_far',
  'consult:arrange.far',
  'api:dicomweb.broad',
  'ui:mark.lacking',
]);

test('one of a thing is called one in English', () => {
  const wrong = globSync('src/**/i18n/en.json').flatMap((file) => {
    const words = new Map(leaves(JSON.parse(readFileSync(file, 'utf8'))));
    const space = file.split('/').at(-3) ?? '';
    return [...words]
      .filter(([key, text]) => COUNTED.test(text) && !key.endsWith('_one') && !MANY.has(`${space}:${key}`))
      .filter(([key]) => !words.has(`${key.replace(/_other$/, '')}_one`))
      .map(([key, text]) => `${space}:${key}: ${text}`);
  });
  expect(wrong).toEqual([]);
});

test('where there is a word for one, the number is given as the count', () => {
  const wrong = globSync('src/**/i18n/en.json').flatMap((file) =>
    leaves(JSON.parse(readFileSync(file, 'utf8')))
      .filter(([key, text]) => key.endsWith('_one') && /\{\{n\}\}/.test(text))
      .map(([key]) => `${file}: ${key}`),
  );
  expect(wrong).toEqual([]);
});
