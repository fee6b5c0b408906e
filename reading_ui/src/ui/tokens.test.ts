import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/ui/tokens.css', 'utf8');

function tokens(mood: 'dark' | 'light'): Record<string, string> {
  // Quotes as the formatter likes them.
  const block = new RegExp(`\\[data-mood=.${mood}.\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]),
  );
}

/** WCAG 2.2 relative luminance and contrast. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((place) => {
    const value = Number.parseInt(hex.slice(place, place + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

const words = ['text', 'dim', 'faint', 'accent', 'red', 'yellow', 'blue', 'grey'];
const grounds = ['bg', 'panel', 'raised', 'hover', 'chosen'];
const tinted = [
  ['red', 'red-tint'],
  ['yellow', 'yellow-tint'],
  ['blue', 'blue-tint'],
  ['grey', 'grey-tint'],
  ['accent', 'accent-tint'],
  ['text', 'red-tint'],
  ['text', 'yellow-tint'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
];

describe.each(['dark', 'light'] as const)('%s colours', (mood) => {
  const found = tokens(mood);
  const pairs = [...words.flatMap((word) => grounds.map((ground) => [word, ground])), ...tinted];
  it('are all there', () => expect(Object.keys(found).length).toBeGreaterThan(20));
  it.each(pairs)('%s on %s keeps 4.5:1', (word = '', ground = '') => {
    expect(contrast(found[word] ?? '#000000', found[ground] ?? '#000000')).toBeGreaterThanOrEqual(4.5);
  });
});
