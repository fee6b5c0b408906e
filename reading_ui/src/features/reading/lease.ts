import type { TaskView } from '@/api/types';

/** Who may write now, and what to say when it is somebody else. Pure. */
export type Standing =
  | { kind: 'none' }
  | { kind: 'mine' }
  | { kind: 'free' }
  | { kind: 'other'; name: string }
  | { kind: 'closed' };

export function standing(task: TaskView | null, personId: string): Standing {
  if (!task) return { kind: 'none' };
  if (task.state === 'claimed' && task.reader?.id === personId) return { kind: 'mine' };
  if (task.verbs.includes('claim')) return { kind: 'free' };
  if (task.state === 'claimed') return { kind: 'other', name: task.reader?.name ?? '' };
  return { kind: 'closed' };
}

/** The task left our hands without our doing: who has it now, or no name when it merely lapsed. */
export function taken(before: Standing, now: Standing, own: string | null): { name: string } | null {
  if (before.kind !== 'mine' || own === 'release' || own === 'return') return null;
  if (now.kind === 'other') return { name: now.name };
  return now.kind === 'free' ? { name: '' } : null;
}

/** Codes that mean the task has left our hands; anything else (a broken line) is worth another try. */
const GONE = new Set([
  'task.claimed_by_other',
  'task.not_claimed',
  'task.absent',
  'move.illegal',
  'study.absent',
]);
export const leaseGone = (code: string): boolean => GONE.has(code);

export const HEARTBEAT_MS = 60_000;
