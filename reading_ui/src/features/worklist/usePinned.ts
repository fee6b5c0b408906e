import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { keysOf } from '@/api/queries';
import type { TaskView, WorklistRow } from '@/api/types';
import { keyOf } from './useWorklist';

export interface Pin {
  row: WorklistRow;
  index: number;
}

/** The list with the pinned row at its old place, if the server's answer no longer has it. */
export function withPin(rows: WorklistRow[], pin: Pin | null): WorklistRow[] {
  if (!pin || rows.some((row) => keyOf(row) === keyOf(pin.row))) return rows;
  const place = Math.min(pin.index, rows.length);
  return rows.toSpliced(place, 0, pin.row);
}

/** A row that left this list keeps its look, with what is known of its task since. */
export const leftList = (row: WorklistRow, task: TaskView | undefined): WorklistRow =>
  task && task.version > row.version
    ? { ...row, state: task.state, reader: task.reader, version: task.version, verbs: task.verbs, gone: true }
    : { ...row, verbs: [], gone: true };

interface Held extends Pin {
  filter: string;
}

/** What is pinned once these rows are shown: the row under the cursor, if they are the answer to that filter (null: to another one, still). */
export function heldAfter(
  held: Held | null,
  rows: WorklistRow[],
  wanted: string | null,
  filter: string | null,
): Held | null {
  const index = wanted === null ? -1 : rows.findIndex((row) => keyOf(row) === wanted);
  const row = rows[index];
  return row && filter !== null ? { row, index, filter } : held;
}

/**
 * The row under the cursor never slips away: claiming a study takes it out of "to read", and Enter pressed right
 * after must open that study and not its neighbour. It goes once the cursor moves on or the filter changes; rows of
 * the filter before, which stand there until the answer comes, pin nothing (`filter` is null then).
 */
export function usePinned(rows: WorklistRow[], wanted: string | null, filter: string | null): WorklistRow[] {
  const pin = useRef<Held | null>(null);
  pin.current = heldAfter(pin.current, rows, wanted, filter);
  const held = pin.current;
  const there = rows.some((row) => keyOf(row) === wanted);
  const kept = !there && held && keyOf(held.row) === wanted && held.filter === filter ? held : null;
  const task = useQuery<TaskView>({
    queryKey: keysOf.task(kept?.row.task_id ?? ''),
    queryFn: () => Promise.reject(new Error('only what a verb has answered is looked up')),
    enabled: false,
  });
  return withPin(rows, kept && { index: kept.index, row: leftList(kept.row, task.data) });
}
