import type { Reason } from '@/api/types';
import { isDamaged, type Manifest, stacksOf } from '@/viewer';

const REJECTED = /^images\.(\d+|undone)$/;
const IMAGES = 'images.'.length;

/** What an image was called on the screen that left it. */
export interface Gone {
  sopUid: string;
  seriesUid: string;
  /** The series' number, else its description. */
  series: string;
  /** Its instance number, which stays as it is when others go; else its place. Null of what is not one picture of several. */
  number: number | null;
  /** Rejected, until somebody understood it or the image is shown again; it may be rejected once more. */
  is: 'rejected' | 'understood' | 'back';
}

/** What is on the screen; `newest` are the same images as the server last told of them, and `left` those that left the screen and are not on it. */
export interface Held {
  manifest: Manifest;
  newest: Manifest;
  left: readonly Gone[];
}

/** What the server has and the screen has not: images that came, were rejected and are back, either of both; or only other news of their files. */
export interface Newer {
  kind: 'images' | 'restored' | 'either' | 'files';
  /** How many images. */
  count: number;
}

const NOTHING: readonly Gone[] = [];

export const held = (manifest: Manifest, left = NOTHING): Held => {
  const here = uidsOf(manifest);
  return { manifest, newest: manifest, left: left.filter(({ sopUid }) => !here.has(sopUid)) };
};

/** The rejected images that are to be said. */
export const goneOf = ({ left }: Held): readonly Gone[] => left.filter((each) => each.is === 'rejected');

/** Somebody has read which images were rejected. */
export const understood = (now: Held): Held => ({
  ...now,
  left: now.left.map((each) => (each.is === 'rejected' ? { ...each, is: 'understood' } : each)),
});

const uidsOf = ({ series }: Manifest): Set<string> =>
  new Set(series.flatMap(({ instances }) => instances.map(({ sop_uid }) => sop_uid)));

/** The images that `one` has and `other` is without. */
function moreOf(one: Manifest, other: Manifest): string[] {
  const known = uidsOf(other);
  return [...uidsOf(one)].filter((uid) => !known.has(uid));
}

/** What of `data` is not on the screen; null where nothing waits. */
export function newerOf(now: Held, data: Manifest): Newer | null {
  const more = moreOf(data, now.manifest);
  const count = more.length;
  if (count === 0) return sameFiles(now.manifest, data) ? null : { kind: 'files', count };
  const left = new Set(now.left.map(({ sopUid }) => sopUid));
  const back = more.filter((uid) => left.has(uid)).length;
  return { kind: back === 0 ? 'images' : back === count ? 'restored' : 'either', count };
}

const damagedOf = ({ series }: Manifest): string =>
  series
    .flatMap(({ instances }) => instances.filter(isDamaged))
    .map(({ sop_uid }) => sop_uid)
    .join(' ');

/** Whether the same images of both can be seen. */
export const sameFiles = (one: Manifest, other: Manifest): boolean => damagedOf(one) === damagedOf(other);

/** The images of `open` that `newer` is without: they were rejected, for whatever reason, and nothing gives them out any more. */
export function goneFrom(open: Manifest, newer: Manifest): Gone[] {
  const left = uidsOf(newer);
  return stacksOf(open, '').flatMap((stack) =>
    stack.frames.flatMap(({ sopUid, frame, instanceNumber }, at) => {
      if (left.has(sopUid) || frame > 1) return [];
      const number = stack.multiframe || stack.kind !== 'images' ? null : (instanceNumber ?? at + 1);
      return [
        {
          sopUid,
          seriesUid: stack.seriesUid,
          series: String(stack.number ?? stack.description),
          number,
          is: 'rejected' as const,
        },
      ];
    }),
  );
}

/** What is left of a manifest without these images. Pictures of their series may show them and go as well. */
function without(manifest: Manifest, gone: readonly Gone[]): Manifest {
  const uids = new Set(gone.map(({ sopUid }) => sopUid));
  const touched = new Set(gone.map(({ seriesUid }) => seriesUid));
  const series = manifest.series.flatMap((each) => {
    const instances = each.instances.filter(({ sop_uid }) => !uids.has(sop_uid));
    if (instances.length === 0) return [];
    return [{ ...each, instances, thumb: touched.has(each.series_uid) ? null : (each.thumb ?? null) }];
  });
  return { ...manifest, series };
}

/** What left the screen, as it is by now: what is shown again is gone no more, what is rejected once more is said once more. */
function since(left: readonly Gone[], data: Manifest): readonly Gone[] {
  const shown = uidsOf(data);
  return left.map((each) => {
    if (shown.has(each.sopUid)) return { ...each, is: 'back' };
    return each.is === 'back' ? { ...each, is: 'rejected' } : each;
  });
}

/**
 * What is to be on the screen now that the server tells of `data`. Images that were rejected leave at once, not when somebody says so;
 * what has come, or is back, waits: unless nothing is left that anybody could be looking at. A list of the same images that was made anew
 * changes no picture.
 */
export function turned(now: Held, data: Manifest): Held {
  const gone = goneFrom(now.manifest, data);
  const left = since([...now.left, ...gone], data);
  const rest = gone.length > 0 ? without(now.manifest, gone) : now.manifest;
  const comes = moreOf(data, now.manifest).length > 0;
  if (comes && uidsOf(rest).size === 0) return held(data, left);
  if (gone.length > 0) return held(comes ? rest : data, left);
  return comes || !sameFiles(data, now.manifest) ? { ...now, left } : { ...now, newest: data, left };
}

/** 3–5, 7: numbers that follow each other are said by the first and the last. */
function ranges(numbers: readonly number[]): string[] {
  const runs: [number, number][] = [];
  for (const number of [...numbers].sort((one, other) => one - other)) {
    const last = runs.at(-1);
    if (last && number <= last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
}

/** The images that are gone, a series each, with their numbers in it. */
export function bySeries(gone: readonly Gone[]): { series: string; numbers: string[] }[] {
  const found = new Map<string, Gone[]>();
  for (const each of gone) found.set(each.seriesUid, [...(found.get(each.seriesUid) ?? []), each]);
  return [...found.values()].map((some) => ({
    series: some[0]?.series ?? '',
    numbers: ranges(some.flatMap(({ number }) => number ?? [])),
  }));
}

/** What a study had of each trouble, or by now less: what is rejected once more is more than before. */
export const lowered = (before: readonly Reason[], now: readonly Reason[]): Reason[] =>
  before.flatMap((each) => {
    const still = now.find(({ code }) => code === each.code);
    if (!still) return [];
    return [Number(still.params.count ?? 0) < Number(each.params.count ?? 0) ? still : each];
  });

/** The codes of rejections (`113037`, `undone`) of which a study has more than it had. */
export function grown(before: readonly Reason[], now: readonly Reason[]): string[] {
  const countOf = (some: readonly Reason[], code: string) =>
    Number(some.find((each) => each.code === code)?.params.count ?? 0);
  const codes = now.flatMap(({ code }) => (REJECTED.test(code) ? code : []));
  return codes.filter((code) => countOf(now, code) > countOf(before, code)).map((code) => code.slice(IMAGES));
}
