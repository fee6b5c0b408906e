import type { Query } from '@/api/client';
import type { FollowUp } from '../types';

export const shelves = ['overdue', 'mine', 'planned', 'ended'] as const;
export type Shelf = (typeof shelves)[number];

/** What the server is asked for on each shelf. */
export const queryOf = (shelf: Shelf): Query =>
  ({
    overdue: { state: 'overdue', mine: true },
    mine: { state: 'planned', mine: true },
    planned: { state: 'planned' },
    ended: { state: 'ended' },
  })[shelf];

type Due = Pick<FollowUp, 'state' | 'due_at'>;

export const isLate = ({ state, due_at }: Due, now: number): boolean =>
  state === 'planned' && due_at !== null && Date.parse(due_at) < now;

const DAY = 86_400_000;

/** Whole days since it was due. */
export const daysLate = ({ due_at }: Pick<FollowUp, 'due_at'>, now: number): number =>
  due_at ? Math.max(0, Math.floor((now - Date.parse(due_at)) / DAY)) : 0;
