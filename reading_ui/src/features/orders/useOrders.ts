import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { pollEvery, useConnection, useLiveList } from '@/live';
import { sayProblem } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import { keys } from './calls';
import type { OrderItem, Shelf } from './types';

/** The orders of one's own hospital, page by page, kept fresh by live news or, without a line, by asking. */
export function useOrders(shelf: Shelf, q: string) {
  const line = useConnection((connection) => connection.state);
  useLiveList(keys.orders);
  const list = useInfiniteQuery({
    queryKey: keys.list(shelf, q),
    queryFn: ({ pageParam, signal }) =>
      calls.orders({ shelf, q, limit: 100, cursor: pageParam || undefined }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(line),
  });
  const rows = useMemo(() => distinct(list.data?.pages.flatMap((page) => page.items) ?? []), [list.data]);
  const first = list.data?.pages[0];
  return { list, rows, line, counts: first?.counts, unmatched: first?.unmatched };
}

/** A row that moved between two pages while they were fetched stands once. */
const distinct = (rows: OrderItem[]): OrderItem[] => [...new Map(rows.map((row) => [row.id, row])).values()];

export const useOrder = (id: string) =>
  useQuery({ queryKey: keys.order(id), queryFn: ({ signal }) => calls.order(id, signal) });

/** One deed about orders: said when it is done, and every list is asked anew. A form says itself what was wrong. */
export function useDeed<A>(
  deed: (given: A) => Promise<unknown>,
  done: string,
  after: () => void = () => {},
  refused: (error: Error) => void = sayProblem,
) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: deed,
    onSuccess: () => {
      toast(done);
      after();
    },
    onError: refused,
    onSettled: () => void cache.invalidateQueries({ queryKey: keys.orders }),
  });
}
