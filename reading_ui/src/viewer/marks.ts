import { utilities } from '@cornerstonejs/core';
import { AnnotationTool, annotation, type Types } from '@cornerstonejs/tools';
import { headerFor } from './headers';
import { type MarkKind, type Measure, measure } from './measure';
import { type MeasureWords, measureLines } from './measureText';
import { isPreview, pictureOf, toPicture } from './picture';
import type { Stack } from './stacks';
import { kindOfTool } from './toolbox';
import type { MarkView } from './types';

type Mark = Types.Annotation;
const history = utilities.HistoryMemo.DefaultHistoryMemo;

const isPoint = (found: unknown): found is number[] => Array.isArray(found) && found.length >= 3;

function pointsOf(data: unknown): number[][] {
  if (typeof data !== 'object' || data === null || !('handles' in data)) return [];
  const { handles } = data;
  if (typeof handles !== 'object' || handles === null || !('points' in handles)) return [];
  return Array.isArray(handles.points) ? handles.points.filter(isPoint) : [];
}

const imageIdOf = (targetId: unknown): string => {
  const first: unknown = Array.isArray(targetId) ? targetId[0] : targetId;
  return typeof first === 'string' ? first.replace(/^imageId:/, '') : '';
};

/** Works out a mark's numbers from its handles; the last answer is kept while the handles stay. */
export class Measurer {
  private readonly last = new Map<string, Measure | null>();

  constructor(public words: MeasureWords) {}

  lines(kind: MarkKind, data: unknown, targetId: unknown): string[] {
    const found = this.of(kind, data, imageIdOf(targetId));
    return found ? measureLines(found, this.words) : [];
  }

  of(kind: MarkKind, data: unknown, imageId: string): Measure | null {
    const header = headerFor(imageId);
    const world = pointsOf(data);
    // Not even a distance: its ends would have been put on a picture that is not the one to be read.
    if (!header || world.length === 0 || isPreview(imageId)) return null;
    const picture = pictureOf(imageId);
    const key = `${kind}|${imageId}|${picture ? 1 : 0}|${world.join(';')}`;
    const known = this.last.get(key);
    if (known !== undefined) return known;
    const points = world.map((point) => toPicture(header, point));
    const found = measure(kind, points, header.calibration, picture);
    if (this.last.size > 200) this.last.clear();
    this.last.set(key, found);
    return found;
  }
}

/** Marks in the order they were first seen: the library hands them out by tool. */
const firstSeen = new Map<string, number>();

function allMarks(): Mark[] {
  const all = annotation.state.getAllAnnotations();
  for (const { annotationUID: id } of all) if (id && !firstSeen.has(id)) firstSeen.set(id, firstSeen.size);
  const place = (mark: Mark) => firstSeen.get(mark.annotationUID ?? '') ?? 0;
  return all.toSorted((a, b) => place(a) - place(b));
}

/** Marks of the open study, oldest first. */
export function marksOf(stacks: readonly Stack[], measurer: Measurer): MarkView[] {
  return allMarks().flatMap((mark) => {
    const kind = kindOfTool(mark.metadata?.toolName ?? '');
    const imageId = mark.metadata?.referencedImageId;
    const id = mark.annotationUID;
    if (!kind || !imageId || !id) return [];
    for (const stack of stacks) {
      const index = stack.frames.findIndex((ref) => ref.imageId === imageId);
      if (index < 0) continue;
      const selected = annotation.selection.isAnnotationSelected(id);
      return [
        {
          id,
          kind,
          imageId,
          stackId: stack.id,
          index,
          measure: measurer.of(kind, mark.data, imageId),
          selected,
        },
      ];
    }
    return [];
  });
}

/** Removes one mark so that undo brings it back. */
export function removeMark(id: string, element: HTMLDivElement | null): void {
  const mark = annotation.state.getAnnotation(id);
  if (!mark) return;
  AnnotationTool.createAnnotationMemo(element, mark, { deleting: true });
  annotation.selection.deselectAnnotation(id);
  annotation.state.removeAnnotation(id);
}

export const undoMark = (): void => history.undo();
export const canUndoMark = (): boolean => history.canUndo;

/** The next study starts with a clean slate: no mark of this one comes back by undoing. */
export function forgetMarks(): void {
  annotation.state.removeAllAnnotations();
  const { size } = history;
  history.size = size; // setting it empties it
  firstSeen.clear();
}
