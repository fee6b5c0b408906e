import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { keysOf } from '@/api/queries';
import { pollEvery, useConnection, useLiveList, useLiveNotices } from '@/live';
import { type DeskItem, desk } from './calls';

const MINUTE = 60_000;

/** A room's time comes without any news: near it the server is asked often, for its own clock says when the way in is open. */
const nearlyOpen = (items: readonly DeskItem[] = []): boolean =>
  items.some(
    ({ params }) =>
      typeof params.opens_at === 'string' && Math.abs(Date.parse(params.opens_at) - Date.now()) < MINUTE,
  );

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
    refetchInterval: ({ state }) => (nearlyOpen(state.data?.items) ? 5_000 : pollEvery(line)),
    enabled,
  });
}
