import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { keysOf } from '@/api/queries';
import type { Site } from '@/api/types';
import { sayProblem } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './adminCalls';

export const useSites = () => useQuery({ queryKey: keysOf.admin('sites'), queryFn: calls.sites });

/** The name of a site by id; while sites load, nothing. */
export function useSiteName(): (id: string | null) => string {
  const sites = useSites();
  const names = new Map<string, string>((sites.data?.items ?? []).map((site: Site) => [site.id, site.name]));
  return (id) => (id === null ? '' : (names.get(id) ?? ''));
}

/** A change in the alliance: says that it is done, and fetches that list again. What is refused `inForm` is said there, and once. */
export function useChange<In, Out>(
  kind: string,
  change: (input: In) => Promise<Out>,
  done: string,
  inForm = false,
) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => toast(done),
    onError: (error) => !inForm && sayProblem(error),
    onSettled: () => void cache.invalidateQueries({ queryKey: keysOf.admin(kind) }),
  });
}
