import { useEffect, useState } from 'react';
import type { Viewer } from '@/viewer';
import type { Picture } from './slots';
import type { Follow } from './useFollow';

/** Goes to a picture: at once where its study is open, else as soon as it is. Whoever followed looks for themselves from then on. */
export function usePicture({ studyId, viewer, openStudy, hand }: Follow): (picture: Picture) => void {
  const [wanted, setWanted] = useState<Picture | null>(null);
  useEffect(() => {
    if (!wanted || !viewer) return;
    // Another study was opened meanwhile: it is not wanted any more.
    if (studyId !== wanted.study_id || showPicture(viewer, wanted)) setWanted(null);
  }, [wanted, viewer, studyId]);
  return (picture) => {
    openStudy(picture.study_id);
    hand();
    setWanted(picture);
  };
}

/** Whether the viewer holds that picture; then it is shown. */
function showPicture(viewer: Viewer, picture: Picture): boolean {
  const stack = viewer.stacks.find((one) =>
    one.frames.some((ref) => ref.sopUid === picture.sop_uid && ref.frame === picture.frame),
  );
  const index = stack?.frames.findIndex(
    (ref) => ref.sopUid === picture.sop_uid && ref.frame === picture.frame,
  );
  if (!stack || index === undefined) return false;
  const { panes, active } = viewer.state.get();
  if (panes.find((pane) => pane.id === active)?.stackId === stack.id) viewer.goTo(index);
  else viewer.show(stack.id, undefined, index);
  return true;
}
