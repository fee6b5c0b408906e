import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { pollEvery, useConnection, useLiveList } from '@/live';
import * as calls from '../calls';
import { caseKeys } from '../keys';
import type { CaseLine } from '../types';

export const shelves = ['open', 'mine', 'closed', 'all'] as const;
export type Shelf = (typeof shelves)[number];
export const isShelf = (word: string | null): word is Shelf => shelves.some((shelf) => shelf === word);

const asked = (shelf: Shelf) => ({
  state: shelf === 'open' || shelf === 'closed' ? shelf : undefined,
  mine: shelf === 'mine' ? true : undefined,
});

/** The cases one may see, page by page, kept fresh by live news or, without a line, by asking. */
export function useCases(shelf: Shelf, q: string) {
  const line = useConnection((connection) => connection.state);
  useLiveList(caseKeys.cases);
  const list = useInfiniteQuery({
    queryKey: [...caseKeys.cases, shelf, q],
    queryFn: ({ pageParam, signal }) =>
      calls.cases({ q, ...asked(shelf), limit: 100, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(line),
  });
  const rows = useMemo(() => distinct(list.data?.pages.flatMap((page) => page.items) ?? []), [list.data]);
  const first = list.data?.pages[0];
  const counts: Partial<Record<Shelf, number>> = first
    ? { ...first.counts, all: first.counts.open + first.counts.closed }
    : {};
  return { list, rows, line, counts, total: Math.max(first?.total ?? 0, rows.length) };
}

/** A row that moved between two pages while they were fetched stands once. */
function distinct(rows: CaseLine[]): CaseLine[] {
  const seen = new Map(rows.map((row) => [row.id, row]));
  return [...seen.values()];
}
