import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { study as fetchStudy } from '@/api/calls';
import { get } from '@/api/client';
import { asProblem } from '@/api/problem';
import { keysOf } from '@/api/queries';
import { useLiveSubject } from '@/live';
import type { Manifest } from '@/viewer';
import { goneOf, type Held, held, newerOf, turned, understood } from './rejected';

const PREPARING_MS = 2000;

/** The study with its task and report, kept true by live news. */
export function useStudy(studyId: string) {
  const study = useQuery({
    queryKey: keysOf.study(studyId),
    queryFn: ({ signal }) => fetchStudy(studyId, signal),
    // Until it is prepared there is no manifest; live news say when, this is for a line without them.
    refetchInterval: ({ state }) => (state.data && !state.data.manifest_url ? PREPARING_MS : false),
  });
  const version = study.data?.task?.version;
  useLiveSubject('study', studyId, undefined, [keysOf.study(studyId), keysOf.manifest(studyId)]);
  useLiveSubject('task', study.data?.task?.id, version === undefined ? undefined : { version }, [
    keysOf.study(studyId),
  ]);
  return study;
}

/** How many images a manifest tells of: what a reviewer who has it on the screen can answer for. */
export const imagesOf = ({ series }: Manifest): number =>
  series.reduce((sum, { instances }) => sum + instances.length, 0);

/** True while the study is still being arranged: there is no manifest yet, but there will be. */
const preparing = (error: unknown): boolean => asProblem(error).status === 404;

/**
 * The manifest the page was opened with, and a newer one when more pictures have come: it is taken only when the
 * reader says so, because a new stack under the eyes of somebody measuring is worse than a late one; or when there is no picture to look
 * at. Rejected images leave at once.
 */
export function useManifest(studyId: string, url: string | null) {
  const query = useQuery({
    queryKey: keysOf.manifest(studyId),
    queryFn: ({ signal }) => get<Manifest>(url ?? '', undefined, { signal }),
    enabled: url !== null,
    staleTime: 30_000,
    // Opened again soon after, the study may have more pictures than are remembered; an unchanged answer is a 304.
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
    retry: (count, error) => asProblem(error).passing && count < 3,
    refetchInterval: (state) => (state.state.error && preparing(state.state.error) ? PREPARING_MS : false),
  });
  const [now, setNow] = useState<Held | null>(null);
  const { data } = query;
  useEffect(() => {
    if (data) setNow((before) => (before ? turned(before, data) : held(data)));
  }, [data]);
  const newer = data && now ? newerOf(now, data) : null;
  return {
    manifest: now?.manifest ?? null,
    /** The same images, with the thumbnails and the version that the server knows them by now. */
    newest: now?.newest ?? null,
    /** The images that left and are rejected still, as long as nobody has understood it. */
    gone: now ? goneOf(now) : [],
    newer,
    takeNewer: () => data && setNow((before) => held(data, before?.left)),
    forgetGone: () => setNow((before) => before && understood(before)),
    preparing: url === null || (query.isError && preparing(query.error)),
    error: query.error,
    retry: () => void query.refetch(),
  };
}
