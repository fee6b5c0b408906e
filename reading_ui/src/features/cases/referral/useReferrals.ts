import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { pollEvery, useConnection, useLiveList } from '@/live';
import { caseKeys } from '../keys';
import * as calls from '../referralCalls';
import type { Filter } from './filter';

const PAGE = 100;

/** Referrals as the server orders them, by urgency, page by page. */
export function useReferrals({ box, state, direction }: Filter, q: string) {
  const line = useConnection((connection) => connection.state);
  useLiveList(caseKeys.referrals);
  const list = useInfiniteQuery({
    queryKey: [...caseKeys.referrals, 'list', box, state, direction, q],
    queryFn: ({ pageParam, signal }) =>
      calls.referrals({ box, state, direction, q, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(line),
  });
  const rows = useMemo(() => {
    const all = list.data?.pages.flatMap((page) => page.items) ?? [];
    return [...new Map(all.map((row) => [row.id, row])).values()];
  }, [list.data]);
  const first = list.data?.pages[0];
  const counts: Partial<Record<string, number>> = first?.counts ?? {};
  return { list, rows, line, counts, total: Math.max(first?.total ?? 0, rows.length) };
}
