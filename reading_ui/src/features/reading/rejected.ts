import type { Reason } from '@/api/types';
import { isDamaged, type Manifest, stacksOf } from '@/viewer';

const REJECTED = /^images\.(\d+|undone)$/;
const IMAGES = 'images.'.length;

/** What an image was called on the screen that is not shown any more. */
export interface Gone {
  sopUid: string;
  seriesUid: string;
  /** The series' number, else its description. */
  series: string;
  /** Its instance number, which stays as it is when others go; else its place. Null of what is not one picture of several. */
  number: number | null;
}

/** What is on the screen; `newest` are the same images as the server last told of them, and `gone` those that left meanwhile. */
export interface Held {
  manifest: Manifest;
  newest: Manifest;
  gone: readonly Gone[];
}

export const held = (manifest: Manifest, gone: readonly Gone[] = []): Held => ({
  manifest,
  newest: manifest,
  gone: gone.filter(({ sopUid }) => !uidsOf(manifest).has(sopUid)),
});

const uidsOf = ({ series }: Manifest): Set<string> =>
  new Set(series.flatMap(({ instances }) => instances.map(({ sop_uid }) => sop_uid)));

/** Whether `one` has images that `other` is without. */
export function hasMore(one: Manifest, other: Manifest): boolean {
  const known = uidsOf(other);
  return [...uidsOf(one)].some((uid) => !known.has(uid));
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
        { sopUid, seriesUid: stack.seriesUid, series: String(stack.number ?? stack.description), number },
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

/**
 * What is to be on the screen now that the server tells of `data`. Images that were rejected leave at once, not when somebody says so;
 * what has come waits. A list of the same images that was made anew changes no picture.
 */
export function turned(now: Held, data: Manifest): Held {
  const gone = goneFrom(now.manifest, data);
  const comes = hasMore(data, now.manifest);
  if (gone.length > 0) {
    return held(comes ? without(now.manifest, gone) : data, [...now.gone, ...gone]);
  }
  if (comes || data === now.newest || !sameFiles(data, now.manifest)) return now;
  return { ...now, newest: data };
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

/** The codes of rejections (`113037`, `undone`) of which a study has more than it had. */
export function grown(before: readonly Reason[], now: readonly Reason[]): string[] {
  const countOf = (some: readonly Reason[], code: string) =>
    Number(some.find((each) => each.code === code)?.params.count ?? 0);
  const codes = now.flatMap(({ code }) => (REJECTED.test(code) ? code : []));
  return codes.filter((code) => countOf(now, code) > countOf(before, code)).map((code) => code.slice(IMAGES));
}
