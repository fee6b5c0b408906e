import type { Manifest, ManifestInstance, ManifestSeries, Problem, SeriesKind } from './manifest';

/** One picture that can be asked for: a frame of an instance. */
export interface FrameRef {
  sopUid: string;
  /** 1-based, as in PS3.18. */
  frame: number;
  imageId: string;
  instanceNumber: number | null;
  problem: Problem | null;
  /** Kept once more in a form that can be shown while it is coming. */
  rendition: boolean;
  /** A picture of some hundred pixels that was drawn of exactly this frame. */
  preview: string | null;
}

/** What the server says of an object whose file was found damaged or lost, until it was sent again. */
export const DAMAGED = 'object.damaged';

export const isDamaged = ({ problem }: { problem?: Problem | null }): boolean => problem?.code === DAMAGED;

/** Frames next to each other that cannot be shown for the same reason; places count from 0. */
export interface Gap {
  from: number;
  to: number;
  problem: Problem;
}

export function gapsOf({ frames }: Pick<Stack, 'frames'>): Gap[] {
  const gaps: Gap[] = [];
  for (const [at, { problem }] of frames.entries()) {
    const last = gaps.at(-1);
    if (problem && last?.to === at - 1 && last.problem.code === problem.code) last.to = at;
    else if (problem) gaps.push({ from: at, to: at, problem });
  }
  return gaps;
}

/** What the strip shows as one tile and a pane shows as one thing: pictures of one size, or one document. */
export interface Stack {
  id: string;
  seriesUid: string;
  kind: SeriesKind;
  number: number | null;
  description: string;
  modality: string;
  thumb: string | null;
  frames: FrameRef[];
  /** All frames belong to one multi-frame instance: cine starts from its own frame time. */
  multiframe: boolean;
  /** The first instance: what a document viewer or a download needs. */
  sopUid: string;
  sopClass: string;
  sopClassName: string;
  /** Instances that could not be decoded when they arrived. */
  problems: number;
  /** Frames whose files are damaged or lost on the server. */
  damaged: number;
  /** False when slices are tilted, missing or uneven; the reason is the server's code. */
  geometry: { regular: boolean; reason: string | null } | null;
  window: { center: number; width: number } | null;
}

/**
 * Splits each series into what may share one picture stack: a multi-frame instance stands alone, and single
 * frames stay together only while rows and columns are the same (a localiser is not scrolled into the axials).
 * Series and instances come in viewing order; the server has looked at numbers and places.
 */
export function stacksOf(manifest: Manifest, origin: string): Stack[] {
  return manifest.series.flatMap((series) => stacksOfSeries(manifest, series, origin));
}

function stacksOfSeries(manifest: Manifest, series: ManifestSeries, origin: string): Stack[] {
  const { instances } = series;
  const groups =
    series.kind === 'images' ? pictureGroups(instances) : instances.map((instance) => [instance]);
  return groups.map((group, index) => {
    const first = group[0];
    const frames = group.flatMap((instance) => framesOf(manifest, series, instance, origin));
    return {
      id: index === 0 ? series.series_uid : `${series.series_uid}#${index + 1}`,
      seriesUid: series.series_uid,
      kind: series.kind,
      number: series.number ?? null,
      description: series.description ?? '',
      modality: series.modality ?? '',
      thumb: index === 0 ? (series.thumb ?? null) : thumbOf(manifest, series, first),
      frames,
      multiframe: group.length === 1 && frames.length > 1,
      sopUid: first?.sop_uid ?? '',
      sopClass: first?.sop_class ?? '',
      sopClassName: first?.sop_class_name ?? '',
      problems: group.filter((instance) => instance.problem && !isDamaged(instance)).length,
      damaged: frames.filter(isDamaged).length,
      geometry: series.geometry
        ? { regular: series.geometry.regular, reason: series.geometry.reason ?? null }
        : null,
      window: series.window ?? null,
    };
  });
}

/** The server prepares one thumbnail per series; further stacks ask DICOMweb for theirs. */
function thumbOf(
  manifest: Manifest,
  series: ManifestSeries,
  first: ManifestInstance | undefined,
): string | null {
  if (!first || first.problem || series.kind !== 'images') return null;
  return `${manifest.dicomweb}/series/${series.series_uid}/instances/${first.sop_uid}/thumbnail`;
}

function pictureGroups(instances: ManifestInstance[]): ManifestInstance[][] {
  const groups = new Map<string, ManifestInstance[]>();
  for (const instance of instances) {
    const alone = (instance.frames ?? 1) > 1;
    const key = alone ? instance.sop_uid : `${instance.rows ?? 0}x${instance.columns ?? 0}`;
    groups.set(key, [...(groups.get(key) ?? []), instance]);
  }
  return [...groups.values()];
}

function framesOf(
  manifest: Manifest,
  series: ManifestSeries,
  instance: ManifestInstance,
  origin: string,
): FrameRef[] {
  const count = series.kind === 'images' ? Math.max(1, instance.frames ?? 1) : 1;
  const root = `${origin}${manifest.dicomweb}/series/${series.series_uid}/instances/${instance.sop_uid}`;
  return Array.from({ length: count }, (_, index) => ({
    sopUid: instance.sop_uid,
    frame: index + 1,
    imageId: `wadors:${root}/frames/${index + 1}`,
    instanceNumber: instance.number ?? null,
    problem: instance.problem ?? null,
    rendition: Boolean(instance.rendition),
    preview: count === 1 ? (instance.preview ?? null) : null,
  }));
}
