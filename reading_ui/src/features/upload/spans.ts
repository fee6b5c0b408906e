const UNITS = [
  ['years', 365.25 * 86_400],
  ['days', 86_400],
  ['hours', 3_600],
  ['minutes', 60],
] as const;

/** A length of time in the largest unit of which there are two. */
export function spanOf(seconds: number) {
  const found = UNITS.find(([, size]) => seconds >= 2 * size);
  return found
    ? { unit: found[0], n: Math.round(seconds / found[1]) }
    : { unit: 'seconds' as const, n: Math.round(seconds) };
}
