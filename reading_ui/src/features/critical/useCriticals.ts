import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { keysOf } from '@/api/queries';
import { useSession } from '@/api/session';
import type { Critical, Role } from '@/api/types';
import { pollEvery, useConnection, useLiveList } from '@/live';
import { ring, type Sound } from './alarm';
import * as calls from './calls';

/** On whose screens a finding may ring; which one does, the server says. */
const HEARING: ReadonlySet<Role> = new Set(['county_doctor', 'coordinator', 'reviewer']);

/** What rings here now. */
export function useRinging(): Critical[] {
  const line = useConnection((connection) => connection.state);
  const hears = useSession(
    ({ me, state }) => state === 'in' && (me?.roles.some(({ role }) => HEARING.has(role)) ?? false),
  );
  useLiveList(keysOf.criticals, hears);
  const found = useQuery({
    queryKey: [...keysOf.criticals, 'ringing'],
    queryFn: ({ signal }) => calls.ringing(signal),
    enabled: hears,
    refetchInterval: pollEvery(line),
    staleTime: 0,
  });
  return hears ? (found.data?.items ?? []) : [];
}

const PAGE = 100;

/** Findings as the server orders them, what rings first, page by page. */
export function useCriticalList(open: boolean, q: string) {
  const line = useConnection((connection) => connection.state);
  useLiveList(keysOf.criticals);
  const list = useInfiniteQuery({
    queryKey: [...keysOf.criticals, 'list', open, q],
    queryFn: ({ pageParam, signal }) =>
      calls.criticals({ open: open || undefined, q, limit: PAGE, cursor: pageParam }, signal),
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

/** The findings of one study. */
export function useStudyCriticals(studyId: string): Critical[] {
  useLiveList(keysOf.criticals);
  const found = useQuery({
    queryKey: [...keysOf.criticals, 'study', studyId],
    queryFn: ({ signal }) => calls.ofStudy(studyId, signal),
  });
  return found.data?.items ?? [];
}

/** Does something with a finding; everything that shows findings is fetched anew, refused or not. */
export function useCriticalVerb<Said>(run: (said: Said) => Promise<unknown>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSettled: () => cache.invalidateQueries({ queryKey: keysOf.criticals }),
  });
}

/** Sounds while `on`; what the browser makes of it. */
export function useAlarm(on: boolean): Sound {
  const [sound, setSound] = useState<Sound>('silent');
  useEffect(() => (on ? ring(setSound) : undefined), [on]);
  return sound;
}
