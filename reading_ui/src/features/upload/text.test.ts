import { expect, test } from 'vitest';
import cases from './charset.json';
import { choose } from './text';

/** Which the centre's own rules are asked, too (`tests/rules/test_charset_on_the_page.py`). */
test.each(cases)('$why ($declared) is read as the centre reads it', ({ declared, texts, read, doubtful }) => {
  const bytes = texts.map((hex) =>
    Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
  );
  const choice = choose(declared, bytes);
  expect(bytes.map(choice.read)).toEqual(read);
  expect(choice.doubtful).toBe(doubtful);
});
