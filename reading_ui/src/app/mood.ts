import { useLayoutEffect } from 'react';
import { useMatches } from 'react-router';
import { type Mood, usePrefs } from '@/lib/prefs';

/** Reading is always dark; the other desks follow the person's choice. */
export function useMood(): Mood {
  const chosen = usePrefs((prefs) => prefs.mood);
  const dark = useMatches().some((match) => isDark(match.handle));
  const mood = dark ? 'dark' : chosen;
  useLayoutEffect(() => {
    document.documentElement.dataset.mood = mood;
  }, [mood]);
  return mood;
}

/** Route handles that say `{ dark: true }` belong to the reading rooms. */
const isDark = (handle: unknown): boolean =>
  typeof handle === 'object' && handle !== null && (handle as { dark?: unknown }).dark === true;
