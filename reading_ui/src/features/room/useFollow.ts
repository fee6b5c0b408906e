import { useCallback, useEffect, useRef, useState } from 'react';
import type { RoomView } from '@/api/rooms';
import type { RoomLine } from '@/live';
import { readSharedView, type SharedView, type Viewer } from '@/viewer';

/** What is said of the presenter's screen: which study, and how it is looked at. */
interface Told {
  studyId: string;
  view: SharedView;
}

function readTold(body: unknown): Told | null {
  const study: unknown = typeof body === 'object' && body !== null && 'study_id' in body ? body.study_id : '';
  const view = readSharedView(body);
  return view && typeof study === 'string' && study !== '' ? { studyId: study, view } : null;
}

export interface Follow {
  studyId: string | null;
  presenter: boolean;
  /** False: this screen goes its own way. The presenter's own screen follows nobody. */
  following: boolean;
  /** The presenter has shown something to follow. */
  shown: boolean;
  onViewer: (viewer: Viewer | null) => void;
  viewer: Viewer | null;
  /** The person's hand is on the pictures: whoever follows breaks away. */
  hand: () => void;
  comeBack: () => void;
  openStudy: (studyId: string) => void;
  /** Whether that was another view than the last one. */
  heard: (body: unknown) => boolean;
  /** One is in the room, which shows this, or nothing yet. */
  joined: (body: unknown) => void;
}

/** How long, once pictures are there, the view from before a reload may take before the present screen counts: a line may be slow. */
const RESTORE_MS = 20_000;

/** So long after a case is over its pictures may still be told by a presenter who has not heard of it. */
const LATE_MS = 3_000;

/** A whisper may be lost where the line or the token is only just there: what is seen is said again now and then. */
const AGAIN_MS = 1_500;

/** Everybody sees what the presenter sees, until they break away; state is shared, never pixels. */
export function useFollow(room: RoomView, line: RoomLine | null): Follow {
  const presenter = room.presenter_seat_id !== null && room.presenter_seat_id === room.my_seat_id;
  const [studyId, setStudyId] = useState<string | null>(null);
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const [away, setAway] = useState(false);
  const [shown, setShown] = useState(false);
  const [knows, setKnows] = useState(false);
  const told = useRef<Told | null>(null);
  const restoring = useRef<{ until: number | null } | null>(null);
  const following = !presenter && !away;
  const latest = useRef({ following, presenter, viewer, studyId });
  latest.current = { following, presenter, viewer, studyId };
  // While no case is before a meeting nobody's pictures come up by themselves.
  const about = room.kind === 'meeting' && !room.patient ? undefined : room.studies[0];
  const first = about?.study_id ?? null;
  const between = room.kind === 'meeting' && !room.patient;
  const since = useRef(Number.NEGATIVE_INFINITY);
  const idle = useRef(between);
  idle.current = between;
  useEffect(() => {
    if (!between) return;
    // What was discussed is over: its pictures do not stay below another case's name, nor below none.
    told.current = null;
    since.current = performance.now();
    setShown(false);
    setStudyId(null);
  }, [between]);
  useEffect(() => {
    // Somebody who is alone looks at the first study; what the presenter shows comes before that.
    if (studyId === null && first !== null) setStudyId(told.current?.studyId ?? first);
  }, [studyId, first]);
  useEffect(() => {
    // Another case is before the meeting: its studies take the place of the last one's.
    const { current: now } = latest;
    if (first === null || now.studyId === null || now.following) return;
    if (!room.studies.some(({ study_id: id }) => id === now.studyId)) setStudyId(first);
  }, [first, room.studies]);

  const apply = useCallback(() => {
    const now = told.current;
    if (!now) return;
    if (latest.current.studyId !== now.studyId) setStudyId(now.studyId);
    else latest.current.viewer?.shared.apply(now.view);
  }, []);

  const heard = useCallback(
    (body: unknown) => {
      const now = readTold(body);
      if (!now || performance.now() - since.current < LATE_MS) return false;
      const before = told.current;
      if (before && JSON.stringify(before) === JSON.stringify(now)) return false;
      told.current = now;
      setShown(true);
      // After a reload the presenter's own screen takes up what it showed before.
      if (latest.current.presenter && before === null) {
        restoring.current = { until: null };
        apply();
      } else if (latest.current.following) apply();
      return true;
    },
    [apply],
  );

  const joined = useCallback(
    (body: unknown) => {
      if (!idle.current) heard(body);
      setKnows(true);
    },
    [heard],
  );

  useEffect(() => {
    if (viewer && studyId === told.current?.studyId && (following || restoring.current)) apply();
    else viewer?.shared.release();
  }, [viewer, studyId, following, apply]);

  useEffect(() => {
    // Before it is known what the room shows, a presenter who comes back would put the first look at the study in its place.
    if (!presenter || !line || !knows || !viewer || !studyId) return;
    let last = '';
    const say = () => {
      if (told.current && last !== '')
        line.say('view', { study_id: studyId, ...told.current.view, at: new Date().toISOString() });
    };
    const tell = () => {
      const view = viewer.shared.get();
      if (!view || !settled(view)) return;
      const text = JSON.stringify(view);
      if (text === last) return;
      last = text;
      told.current = { studyId, view };
      setShown(true);
      say();
    };
    const settled = (view: SharedView): boolean => {
      const { current: restore } = restoring;
      if (!restore) return true;
      restore.until ??= performance.now() + RESTORE_MS;
      if (performance.now() < restore.until && !sameLook(view, told.current?.view)) return false;
      restoring.current = null;
      viewer.shared.release();
      return true;
    };
    tell();
    const stop = viewer.state.subscribe(tell);
    const again = setInterval(say, AGAIN_MS);
    return () => {
      stop();
      clearInterval(again);
    };
  }, [presenter, line, knows, viewer, studyId]);

  const hand = useCallback(() => {
    restoring.current = null;
    latest.current.viewer?.shared.release();
    if (latest.current.following && told.current) setAway(true);
  }, []);
  const openStudy = useCallback(
    (id: string) => {
      if (id === latest.current.studyId) return;
      hand();
      setStudyId(id);
    },
    [hand],
  );
  const comeBack = useCallback(() => setAway(false), []);
  useEffect(() => {
    if (presenter) setAway(false);
  }, [presenter]);
  return {
    studyId,
    presenter,
    following,
    shown,
    onViewer: setViewer,
    viewer,
    hand,
    comeBack,
    openStudy,
    heard,
    joined,
  };
}

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.02 * Math.max(1, Math.abs(b));

/** The same pictures looked at in the same way: then what was there before is there again. */
function sameLook(a: SharedView, b: SharedView | undefined): boolean {
  if (!b || a.layout !== b.layout) return false;
  return b.panes.every((wanted, at) => {
    const now = a.panes[at];
    if (!wanted || !now) return !wanted;
    const window = wanted.window;
    return (
      now.sop_uid === wanted.sop_uid &&
      now.frame === wanted.frame &&
      now.invert === wanted.invert &&
      now.flip_h === wanted.flip_h &&
      near(now.rotation, wanted.rotation) &&
      near(now.zoom, wanted.zoom) &&
      (!window ||
        (now.window !== null &&
          near(now.window.center, window.center) &&
          near(now.window.width, window.width)))
    );
  });
}
