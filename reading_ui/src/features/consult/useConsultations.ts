import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { keysOf } from '@/api/queries';
import { pollEvery, useConnection, useLiveList } from '@/live';
import * as calls from './calls';
import { type Hat, queryOf, type Shelf, shelved } from './shelves';

/** One shelf as it stands now, kept fresh by live news or, without a line, by asking. */
export function useConsultations(hat: Hat, shelf: Shelf, q: string, urgency: string) {
  const line = useConnection((connection) => connection.state);
  const query = queryOf(hat, shelf, q, urgency);
  useLiveList(keysOf.consultations);
  const list = useInfiniteQuery({
    queryKey: [...keysOf.consultations, 'list', query],
    queryFn: ({ pageParam, signal }) => calls.list({ ...query, cursor: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(line),
  });
  const rows = useMemo(() => {
    // Pages move while one scrolls: what stands on two of them is shown once.
    const all = list.data?.pages.flatMap(({ items }) => items) ?? [];
    return shelved(shelf, [...new Map(all.map((one) => [one.id, one])).values()]);
  }, [shelf, list.data]);
  const first = list.data?.pages[0];
  return { list, rows, line, counts: first?.counts ?? {}, total: first?.total ?? 0 };
}
