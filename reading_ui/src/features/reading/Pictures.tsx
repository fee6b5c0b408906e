import { useEffect } from 'react';
import { createPortal } from 'react-dom';
import type { StudyView } from '@/api/types';
import { type Manifest, type MarkView, type MeasureWords, measurePhrase, type Viewer } from '@/viewer';
import type { WordsSlot } from './ReadingPage';
import styles from './reading.module.css';
import { SeriesStrip } from './SeriesStrip';
import { Stage } from './Stage';
import { Toolbar } from './Toolbar';
import { useReadable } from './useReadable';
import { useViewer } from './useViewer';
import { useViewerKeys } from './useViewerKeys';

interface Props {
  manifest: Manifest;
  /** The same images with thumbnails that were drawn since. */
  newest: Manifest;
  study: StudyView;
  onPhrases: (phrases: WordsSlot['phrases']) => void;
  /** Where the tools go: they need the width of the whole page. */
  bar: HTMLElement | null;
}

/** Series, pictures and tools of one manifest. */
export function Pictures({ manifest, newest, study, onPhrases, bar }: Props) {
  const { host, viewer, words } = useViewer(manifest);
  return (
    <>
      <div className={styles.work}>
        {viewer && <SeriesStrip viewer={viewer} newest={newest} />}
        <Stage host={host} viewer={viewer} study={study} />
      </div>
      {viewer && bar && createPortal(<Toolbar viewer={viewer} />, bar)}
      {viewer && <Keys viewer={viewer} />}
      {viewer && <Phrases viewer={viewer} words={words} onPhrases={onPhrases} />}
    </>
  );
}

/** Listens for the viewer's keys; draws nothing. */
function Keys({ viewer }: { viewer: Viewer }) {
  useViewerKeys(viewer);
  return null;
}

const SETTLED_MS = 200;

/** Tells the report what has been measured; draws nothing. */
function Phrases({
  viewer,
  words,
  onPhrases,
}: {
  viewer: Viewer;
  words: MeasureWords;
  onPhrases: Props['onPhrases'];
}) {
  const marks = useReadable(viewer.state, (state) => state.marks);
  useEffect(() => {
    // A mark being drawn changes with every move of the mouse; the report hears of it when the hand rests.
    const rest = setTimeout(
      () => onPhrases(marks.flatMap((mark) => phraseOf(mark, viewer, words))),
      SETTLED_MS,
    );
    return () => clearTimeout(rest);
  }, [marks, onPhrases, viewer, words]);
  return null;
}

/** `8.2 mm（S3 Im 45）`: the number and where to find it again. */
function phraseOf(mark: MarkView, viewer: Viewer, words: MeasureWords): Array<{ id: string; text: string }> {
  if (!mark.measure) return [];
  const stack = viewer.stacks.find((found) => found.id === mark.stackId);
  const number = stack?.number ?? null;
  const place = [number === null ? '' : `S${number}`, `Im ${mark.index + 1}`].filter(Boolean).join(' ');
  return [{ id: mark.id, text: `${measurePhrase(mark.measure, words)}（${place}）` }];
}
