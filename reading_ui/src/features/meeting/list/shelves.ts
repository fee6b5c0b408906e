import type { MeetingState } from '../types';

export const shelves = ['now', 'coming', 'live', 'minutes', 'over'] as const;
export type Shelf = (typeof shelves)[number];

const states: Record<Shelf, readonly MeetingState[]> = {
  now: ['open', 'frozen', 'live', 'minutes'],
  coming: ['open', 'frozen'],
  live: ['live'],
  minutes: ['minutes'],
  over: ['closed', 'cancelled'],
};

export const isShelf = (word: string | null): word is Shelf => shelves.some((shelf) => shelf === word);
export const shelfOf = (shelf: Shelf): readonly MeetingState[] => states[shelf];
