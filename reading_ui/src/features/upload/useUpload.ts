import i18next from 'i18next';
import { create } from 'zustand';
import { useSession } from '@/api/session';
import { useUnderWay } from '@/lib/underWay';
import { toast } from '@/ui/toast';
import { folderOf } from './dropped';
import { remember } from './memory';
import { begun, outcome, type Progress, StudySending } from './sending';
import { type Found, type Looked, look, type Study } from './studies';

export interface Reading {
  done: number;
  all: number;
}

/** What somebody said before anything was sent: it holds until another folder is chosen, but for studies that are chosen afterwards. */
export interface Said {
  chosen: ReadonlySet<string>;
  siteId: string;
  stat: boolean;
}

export interface Upload {
  reading: Reading | null;
  looked: Looked | null;
  folder: string;
  said: Said | null;
  progress: Record<string, Progress>;
  running: boolean;
}

const NOTHING: Upload = { reading: null, looked: null, folder: '', said: null, progress: {}, running: false };

/**
 * What was chosen, what is being sent, how far it is. It is the window's, not the page's: whoever looks at another screen
 * meanwhile interrupts nothing. One study at a time, urgent or not.
 */
export const useUpload = create<Upload>()(() => NOTHING);

let abort: AbortController | null = null;
/** Whether somebody has the page before them. */
let watched = false;

export const watch = (): (() => void) => {
  watched = true;
  return () => {
    watched = false;
  };
};

/** Reads what was chosen, to be confirmed; nothing is sent. */
export async function choose(files: readonly Found[]): Promise<void> {
  if (files.length === 0) return;
  const control = new AbortController();
  abort = control;
  useUpload.setState({ ...NOTHING, folder: folderOf(files), reading: { done: 0, all: files.length } });
  const step = (done: number, all: number) =>
    !control.signal.aborted && useUpload.setState({ reading: { done, all } });
  const looked = await look(files, step, control.signal);
  if (!control.signal.aborted) useUpload.setState({ reading: null, looked });
}

/** Sends the chosen studies, or what is left of them, until all are there or somebody pauses. What is done is not sent again. */
export async function send(said: Said): Promise<void> {
  const { looked, folder, progress: had } = useUpload.getState();
  const studies = looked?.studies.filter((study) => said.chosen.has(study.uid)) ?? [];
  const control = new AbortController();
  abort = control;
  const stands = (uid: string): Progress => {
    const before = had[uid];
    return before?.state === 'done' ? before : begun();
  };
  useUpload.setState({
    said,
    running: true,
    progress: Object.fromEntries(studies.map(({ uid }) => [uid, stands(uid)])),
  });
  window.addEventListener('beforeunload', ask);
  const open = studies.filter(({ uid }) => had[uid]?.state !== 'done');
  const left = new Map(open.map((study) => [study.uid, study.pieces.length]));
  const note = () =>
    remember({ folder, siteId: said.siteId, stat: said.stat, studies: [...left].map(fileCount) });
  note();
  for (const study of open) {
    if (control.signal.aborted) break;
    const sending = new StudySending(study, said.siteId, said.stat, (now) => tell(open, study, now, control));
    await sending.run(control.signal);
    if (useUpload.getState().progress[study.uid]?.state === 'done') left.delete(study.uid);
    if (abort === control) note();
  }
  if (abort !== control) return;
  stopped();
  if (!watched && !control.signal.aborted) sayEnd(studies);
}

const fileCount = ([uid, files]: [string, number]) => ({ uid, files });

export const pause = (): void => abort?.abort();

/** Another folder, or another person: nothing is sent any more and nothing of it is kept. What the platform has, it has. */
export function forget(): void {
  abort?.abort();
  abort = null;
  stopped();
  useUpload.setState(NOTHING);
}

function tell(studies: readonly Study[], study: Study, now: Progress, control: AbortController): void {
  if (abort !== control) return;
  const progress = { ...useUpload.getState().progress, [study.uid]: now };
  useUpload.setState({ progress });
  if (control.signal.aborted) return;
  const all = studies.reduce((sum, { bytes }) => sum + bytes, 0);
  const sent = studies.reduce((sum, { uid }) => sum + (progress[uid]?.bytes ?? 0), 0);
  useUnderWay.setState({ upload: all === 0 ? 0 : Math.floor((100 * sent) / all) });
}

function stopped(): void {
  window.removeEventListener('beforeunload', ask);
  useUpload.setState({ running: false });
  useUnderWay.setState({ upload: null });
}

// Whoever closes the window in the middle is asked; what is sent stays sent.
const ask = (event: BeforeUnloadEvent) => event.preventDefault();

/** Who is at another screen when the last file is sent learns how it ended. */
function sayEnd(studies: readonly Study[]): void {
  const { progress } = useUpload.getState();
  const whole = studies.filter(({ uid }) => outcome(progress[uid] ?? begun()) === 'done').length;
  const well = whole === studies.length;
  toast(
    i18next.t(well ? 'upload:ended' : 'upload:endedPartly', { count: whole, n: whole, all: studies.length }),
    {
      tone: well ? 'done' : 'problem',
    },
  );
}

// The names on this page are not for whoever signs in next.
useSession.subscribe(({ state, me }, before) => {
  if (state === 'out' || (before.me !== null && me?.person.id !== before.me.person.id)) forget();
});
