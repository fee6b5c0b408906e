import type { Query } from '@/api/client';
import type { FollowUp } from '../types';

export const shelves = ['overdue', 'mine', 'planned', 'ended'] as const;
export type Shelf = (typeof shelves)[number];

/** What the server is asked for; what is overdue it does not know as a state. */
export const queryOf = (shelf: Shelf): Query =>
  shelf === 'ended'
    ? {}
    : { state: 'planned', mine: shelf === 'mine' || shelf === 'overdue' ? true : undefined };

type Due = Pick<FollowUp, 'state' | 'due_at'>;

export const isLate = ({ state, due_at }: Due, now: number): boolean =>
  state === 'planned' && due_at !== null && Date.parse(due_at) < now;

export const shownOn = (shelf: Shelf, one: Due, now: number): boolean =>
  shelf === 'overdue' ? isLate(one, now) : shelf === 'ended' ? one.state !== 'planned' : true;

const DAY = 86_400_000;

/** Whole days since it was due. */
export const daysLate = ({ due_at }: Pick<FollowUp, 'due_at'>, now: number): number =>
  due_at ? Math.max(0, Math.floor((now - Date.parse(due_at)) / DAY)) : 0;
