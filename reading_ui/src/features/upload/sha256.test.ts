import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { digestOf, Sha256, slowDigestOf } from './sha256';

const wanted = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('digests are those of the standard, whatever the length and however the bytes come', () => {
  for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 1000, 100_003]) {
    const bytes = Uint8Array.from({ length }, (_, n) => (n * 2654435761) >>> 24);
    expect(new Sha256().update(bytes).hex()).toBe(wanted(bytes));
    const pieces = new Sha256();
    for (let at = 0; at < length; at += 37) pieces.update(bytes.subarray(at, at + 37));
    expect(pieces.hex()).toBe(wanted(bytes));
  }
});

test('a file is digested piece by piece', async () => {
  const bytes = Uint8Array.from({ length: (1 << 20) + 5 }, (_, n) => n & 255);
  expect(await digestOf(new Blob([bytes]))).toBe(wanted(bytes));
  expect(await slowDigestOf(new Blob([bytes]))).toBe(wanted(bytes));
});
