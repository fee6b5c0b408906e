import type { SyntheticEvent } from 'react';

const shown = (word: 'hidden' | 'visible') => (event: SyntheticEvent<HTMLImageElement>) => {
  event.currentTarget.style.visibility = word;
};

/** For small pictures beside words: one that does not come leaves its dark place, never a broken-picture sign. */
export const shownWhenLoaded = { onError: shown('hidden'), onLoad: shown('visible') };
