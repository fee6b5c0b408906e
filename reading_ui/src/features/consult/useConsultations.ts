import { keepPreviousData, useQuery } from '@tanstack/react-query';
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
  const list = useQuery({
    queryKey: [...keysOf.consultations, query],
    queryFn: ({ signal }) => calls.list(query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(line),
  });
  const rows = useMemo(() => shelved(shelf, list.data?.items ?? []), [shelf, list.data]);
  return { list, rows, line, counts: list.data?.counts ?? {} };
}
