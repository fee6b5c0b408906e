import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import type { WorklistRow } from '@/api/types';
import { pollEvery, useConnection, useLiveList } from '@/live';
import { type Filter, queryOf } from './filter';

export const keyOf = (row: WorklistRow): string => row.task_id ?? row.study_id;

/** Pages move while one scrolls: a row that appears on two of them is shown once. */
export function distinct(rows: WorklistRow[]): WorklistRow[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = keyOf(row);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const underWay = (page: { items: WorklistRow[] }) => page.items.some((row) => row.kind === 'receiving');

/** The list as the server orders it, page by page, kept fresh by live news or, without a line, by asking. */
export function useWorklist(filter: Filter) {
  const line = useConnection((connection) => connection.state);
  const query = queryOf(filter);
  useLiveList(keysOf.worklist);
  const list = useInfiniteQuery({
    queryKey: [...keysOf.worklist, query],
    queryFn: ({ pageParam, signal }) => calls.worklist({ ...query, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => pollEvery(line, state.data?.pages.some(underWay)),
  });
  const rows = useMemo(() => distinct(list.data?.pages.flatMap((page) => page.items) ?? []), [list.data]);
  const first = list.data?.pages[0];
  return { list, rows, line, total: Math.max(first?.total ?? 0, rows.length), counts: first?.counts ?? {} };
}
