const ROOT = 'teleconsult.words.';

/**
 * Words of the person at this screen that the server does not have yet. They outlive a reload of this window, and
 * nothing else: gone when that person signs out, when another one signs in, and with the window.
 */
const keyOf = (person: string, place: string): string => `${ROOT}${person}.${place}`;

/** A full or forbidden store must not stop anybody from writing. */
function quietly<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** Keeps these words; `null` forgets what was kept at this place. */
export function keepWords(person: string, place: string, words: unknown): void {
  const key = keyOf(person, place);
  quietly(() =>
    words === null ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, JSON.stringify(words)),
  );
}

/** What this person's words at this place were, `null` for none. Whoever asks looks at it closely: anybody may have edited it. */
export function keptWords(person: string, place: string): unknown {
  return quietly(() => JSON.parse(sessionStorage.getItem(keyOf(person, place)) ?? 'null') as unknown) ?? null;
}

/** Forgets everybody's words in this window but those of the person who stays. */
export function forgetWords(but?: string): void {
  quietly(() => {
    for (const key of Object.keys(sessionStorage)) {
      const stays = but !== undefined && key.startsWith(keyOf(but, ''));
      if (key.startsWith(ROOT) && !stays) sessionStorage.removeItem(key);
    }
  });
}
