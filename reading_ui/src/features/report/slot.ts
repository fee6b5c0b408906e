import type { ReactNode } from 'react';
import type { StudyView } from '@/api/types';

/** How many images there were, and in which version of the study. */
export interface SeenImages {
  count: number;
  version: number;
}

/** What the page around a report tells it. */
export interface ReportSlot {
  study: StudyView;
  personId: string;
  /** The reading task is this person's right now. */
  mine: boolean;
  /** It was, and is not any more. */
  lost: boolean;
  /** What the pictures on the screen are of; null until they are there. */
  images: SeenImages | null;
  /** Loads images that have come, or are shown again, since the pictures were opened; null where there are none. */
  onLoad: (() => void) | null;
  /** Measurements on the pictures, as phrases. */
  phrases: ReadonlyArray<{ id: string; text: string }>;
  /** What is to be answered about the text before it is handed in or signed; asked anew for each saved version.
   * With `addendum`, about that text, which is to be added to the signed report. */
  flags: (about: { reportId: string; version: number; addendum?: string }) => ReactNode;
  onClaim: (() => void) | null;
  onNext: (() => void) | null;
}
