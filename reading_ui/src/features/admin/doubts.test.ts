import { expect, test } from 'vitest';
import { isAnywhere, isOurs } from './doubts';

test('a device that bears the name of the platform itself is asked about', () => {
  expect(isOurs(' teleconsult ', 'TELECONSULT')).toBe(true);
  expect(isOurs('CT1', 'TELECONSULT')).toBe(false);
  expect(isOurs('CT1', undefined)).toBe(false);
});

test('a source that is the whole network is asked about', () => {
  for (const address of ['0.0.0.0/0', '::/0', '10.0.0.0/0', ' 0.0.0.0/00 ', '*'])
    expect(isAnywhere(address)).toBe(true);
  for (const address of ['', '10.1.2.3', '10.1.2.0/24', '10.1.2.0/20', 'fe80::/10'])
    expect(isAnywhere(address)).toBe(false);
});
