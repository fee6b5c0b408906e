import { QueryClient } from '@tanstack/react-query';
import { asProblem, wasRefused } from './problem';

/** A tab that comes to the front asks again for what it may see. */
const unlessRefused = ({ state }: { state: { error: unknown } }): boolean => !wasRefused(state.error);

/** Server data lives here and nowhere else; live news only marks it stale. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: unlessRefused,
      refetchOnReconnect: unlessRefused,
      retry: (count, error) => asProblem(error).passing && count < 3,
      retryDelay: (count) => Math.min(500 * 2 ** count, 5_000),
    },
    mutations: { retry: false },
  },
});

/** Keys of everything that is cached, so that live news can name what it makes stale. */
export const keysOf = {
  worklist: ['worklist'] as const,
  worklistSites: ['worklist-sites'] as const,
  countyStudies: ['studies'] as const,
  study: (id: string) => ['study', id] as const,
  manifest: (id: string) => ['manifest', id] as const,
  timeline: (id: string) => ['timeline', id] as const,
  task: (id: string) => ['task', id] as const,
  report: (id: string) => ['report', id] as const,
  notices: ['notices'] as const,
  desk: ['desk'] as const,
  consultations: ['consultations'] as const,
  consultation: (id: string) => ['consultation', id] as const,
  consultationTimeline: (id: string) => ['consultation-timeline', id] as const,
  experts: ['experts'] as const,
  criticals: ['criticals'] as const,
  arrivals: ['arrivals'] as const,
  parked: ['parked'] as const,
  lines: ['lines'] as const,
  lineChecks: (id: string) => ['line-checks', id] as const,
  admin: (kind: string) => ['admin', kind] as const,
  audit: ['audit'] as const,
};
