import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { NewMark, RoomView } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { composing } from '@/lib/keymap';
import type { PicturePoint } from '@/viewer';
import type { StageSlot } from '../slots';
import type { Follow } from '../useFollow';
import type { Pen } from './drawing';
import { Layer } from './Layer';
import styles from './layer.module.css';
import { usePen } from './usePen';
import type { Pointer } from './usePointers';

interface Props {
  room: RoomView;
  follow: Follow;
  pen: Pen;
  pointing: boolean;
  pointers: readonly Pointer[];
  personId: string;
  stage: (slot: StageSlot) => ReactNode;
  onPoint: (at: PicturePoint | null) => void;
  onMark: (mark: NewMark) => void;
  onErase: (id: string) => void;
  children?: ReactNode;
}

/** The pictures that everybody sees, with marks and fingers over them. */
export function SharedStage(props: Props) {
  const { room, follow, pen, pointing, pointers, personId, stage, onErase } = props;
  const { t } = useTranslation('room');
  const { viewer, studyId } = follow;
  const { draft, typing, say, handlers } = usePen({
    viewer,
    pen,
    studyId: studyId ?? '',
    pointing,
    onPoint: props.onPoint,
    onMark: props.onMark,
    onHand: follow.hand,
  });
  if (!studyId) {
    const waits = room.kind === 'meeting' && !room.patient;
    return <p className={styles.none}>{t(waits ? 'noCaseYet' : 'noStudies')}</p>;
  }
  // The case has changed and this study is not of it: never one patient's pictures below another one's name.
  if (!room.studies.some(({ study_id: id }) => id === studyId)) {
    return <p className={styles.none}>{t('changing')}</p>;
  }
  const above = viewer && (
    <Layer
      viewer={viewer}
      studyId={studyId}
      marks={room.marks}
      pointers={pointers}
      seats={room.seats}
      draft={draft}
      mine={personId}
      onErase={pen === 'erase' ? onErase : null}
    />
  );
  return (
    <div className={cx(styles.frame, pen !== 'look' && pen !== 'pointer' && styles.pen)} {...handlers}>
      {stage({ studyId, onViewer: follow.onViewer, above })}
      {typing && (
        <input
          ref={(box) => box?.focus()}
          className={styles.words}
          style={{ left: typing.left, top: typing.top }}
          maxLength={200}
          data-keep
          aria-label={t('mark.words')}
          placeholder={t('mark.words')}
          onKeyDown={(event) => {
            if (composing(event.nativeEvent)) return;
            if (event.key === 'Enter') say(event.currentTarget.value);
            else if (event.key === 'Escape') say('');
          }}
          onBlur={(event) => say(event.currentTarget.value)}
        />
      )}
      {props.children}
    </div>
  );
}
