import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { pollEvery, useConnection, useLiveList } from '@/live';
import { caseKeys } from '../keys';
import * as calls from '../referralCalls';
import { queryOf, type Shelf } from './shelves';

const PAGE = 100;

/** Follow-ups as the server orders them, what is due first, page by page. */
export function useFollowUps(shelf: Shelf) {
  const line = useConnection((connection) => connection.state);
  useLiveList(caseKeys.followUps);
  const list = useInfiniteQuery({
    queryKey: [...caseKeys.followUps, 'list', shelf],
    queryFn: ({ pageParam, signal }) =>
      calls.followUps({ ...queryOf(shelf), limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(line),
  });
  const rows = useMemo(() => {
    const all = list.data?.pages.flatMap((page) => page.items) ?? [];
    return [...new Map(all.map((row) => [row.id, row])).values()];
  }, [list.data]);
  return { list, rows, line, counts: list.data?.pages[0]?.counts };
}
