import { type PointerEvent, type SyntheticEvent, useRef, useState } from 'react';
import type { MarkKind, NewMark } from '@/api/rooms';
import type { PicturePoint, Viewer } from '@/viewer';
import { scaleOf } from '@/viewer';
import { drawnTo, isMark, type Pen } from './drawing';
import type { Draft } from './Layer';

interface Options {
  viewer: Viewer | null;
  pen: Pen;
  studyId: string;
  /** Others see where this mouse is. */
  pointing: boolean;
  onPoint: (at: PicturePoint | null) => void;
  onMark: (mark: NewMark) => void;
  /** A hand on the pictures that is not drawing. */
  onHand: () => void;
}

/** Words that are being typed onto a picture, with their place on the page's frame. */
export interface Typing {
  at: PicturePoint;
  left: number;
  top: number;
}

const kindOf = (pen: Pen): MarkKind | null =>
  pen === 'look' || pen === 'pointer' || pen === 'erase' ? null : pen;
const onPicture = (event: SyntheticEvent): boolean =>
  event.target instanceof Element && event.target.closest('[data-pane]') !== null;

/** The mouse over the pictures: while a pen is taken up, the viewer below hears nothing of its button. */
export function usePen({ viewer, pen, studyId, pointing, onPoint, onMark, onHand }: Options) {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [typing, setTyping] = useState<Typing | null>(null);
  const start = useRef<PicturePoint | null>(null);
  const words = useRef<PicturePoint | null>(null);
  const kind = kindOf(pen);
  const pickUp = (at: PicturePoint, event: PointerEvent<HTMLElement>) => {
    if (kind === 'text') {
      const box = event.currentTarget.getBoundingClientRect();
      words.current = at;
      setTyping({ at, left: event.clientX - box.left, top: event.clientY - box.top });
    } else if (kind) {
      start.current = at;
      event.currentTarget.setPointerCapture(event.pointerId);
      setDraft({ paneId: at.paneId, kind, points: drawnTo(kind, [], at.point), text: '' });
    }
  };
  const place = ({ series_uid, sop_uid, frame }: PicturePoint) => ({
    study_id: studyId,
    series_uid,
    sop_uid,
    frame,
  });
  const putDown = () => {
    const from = start.current;
    start.current = null;
    setDraft(null);
    if (!from || !draft) return;
    const affine = viewer?.shared.affine(from.paneId);
    if (affine && isMark(draft.kind, draft.points, scaleOf(affine)))
      onMark({ ...place(from), kind: draft.kind, points: draft.points, text: '' });
  };
  const handlers = {
    onPointerDownCapture(event: PointerEvent<HTMLElement>) {
      const mine = event.button === 0 && pen !== 'look' && pen !== 'pointer' && onPicture(event);
      if (!mine) {
        if (event.target instanceof Element && !event.target.closest('[data-keep]')) onHand();
        return;
      }
      if (pen === 'erase') return;
      event.stopPropagation();
      const at = viewer?.shared.at(event.clientX, event.clientY);
      if (at) pickUp(at, event);
    },
    onMouseDownCapture(event: SyntheticEvent<HTMLElement, MouseEvent>) {
      if (pen !== 'look' && pen !== 'pointer' && event.nativeEvent.button === 0 && onPicture(event)) {
        event.stopPropagation();
        // The press must not take the focus away from the words that it has just asked for.
        event.preventDefault();
      }
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (!pointing && !draft) return;
      const at = viewer?.shared.at(event.clientX, event.clientY) ?? null;
      if (pointing) onPoint(at);
      if (draft && at?.paneId === draft.paneId)
        setDraft({ ...draft, points: drawnTo(draft.kind, draft.points, at.point) });
    },
    onPointerUp: putDown,
    onPointerLeave() {
      if (pointing) onPoint(null);
    },
    onWheelCapture(event: SyntheticEvent) {
      if (onPicture(event)) onHand();
    },
  };
  const say = (text: string) => {
    const at = words.current; // said once, although leaving the field says it again
    words.current = null;
    setTyping(null);
    if (at && text.trim() !== '')
      onMark({ ...place(at), kind: 'text', points: [at.point], text: text.trim() });
  };
  return { draft, typing, say, handlers };
}
