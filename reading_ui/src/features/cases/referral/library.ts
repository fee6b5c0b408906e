import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Criteria, Direction, Library } from '../types';

interface TwoWords {
  zh: string;
  en: string;
}

/** The library speaks both languages itself. */
export function useWordOf(): (words: TwoWords) => string {
  const { i18n } = useTranslation();
  const chinese = i18n.language.startsWith('zh');
  return useCallback(({ zh, en }) => (chinese ? zh : en), [chinese]);
}

export const listOf = (
  library: Library | undefined,
  direction: Direction,
  disease: string,
): Criteria | undefined =>
  library?.lists.find((list) => list.direction === direction && list.key === disease);

/** What the ticks come to, as the server will judge: every required one, and enough of them. */
export const isMet = (list: Criteria, ticked: readonly string[]): boolean =>
  list.items.every((item) => !item.required || ticked.includes(item.code)) && ticked.length >= list.least;
