import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { keysOf } from '@/api/queries';
import { pollEvery, useConnection, useLiveList, useLiveNotices } from '@/live';
import { desk } from './calls';

/** What waits for this person, kept fresh by news of their hospitals and by what they are told themselves. */
export function useDesk(enabled = true) {
  const line = useConnection((connection) => connection.state);
  const cache = useQueryClient();
  useLiveList(keysOf.desk, enabled);
  useLiveNotices(() => void cache.invalidateQueries({ queryKey: keysOf.desk }));
  return useQuery({
    queryKey: keysOf.desk,
    queryFn: ({ signal }) => desk(signal),
    placeholderData: keepPreviousData,
    refetchInterval: pollEvery(line),
    enabled,
  });
}
