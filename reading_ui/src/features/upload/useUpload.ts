import { useCallback, useEffect, useRef, useState } from 'react';
import { folderOf } from './dropped';
import { remember } from './memory';
import { begun, type Progress, StudySending } from './sending';
import { type Found, type Looked, look } from './studies';

export interface Reading {
  done: number;
  all: number;
}

/** The page's state: what was chosen, what is being sent, how far it is. One study at a time, urgent or not. */
export function useUpload() {
  const [reading, setReading] = useState<Reading | null>(null);
  const [looked, setLooked] = useState<Looked | null>(null);
  const [folder, setFolder] = useState('');
  const [progress, setProgress] = useState<Record<string, Progress>>({});
  const [running, setRunning] = useState(false);
  const abort = useRef<AbortController | null>(null);

  useEffect(() => () => abort.current?.abort(), []);

  // Whoever closes the page in the middle is asked; what is sent stays sent.
  useEffect(() => {
    if (!running) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [running]);

  const choose = useCallback(async (files: readonly Found[]) => {
    if (files.length === 0) return;
    abort.current = new AbortController();
    setProgress({});
    setLooked(null);
    setFolder(folderOf(files));
    setReading({ done: 0, all: files.length });
    const found = await look(files, (done, all) => setReading({ done, all }), abort.current.signal);
    setReading(null);
    setLooked(found);
  }, []);

  const send = useCallback(
    async (chosen: ReadonlySet<string>, siteId: string, stat: boolean) => {
      const studies = looked?.studies.filter((study) => chosen.has(study.uid)) ?? [];
      const control = new AbortController();
      abort.current = control;
      setRunning(true);
      setProgress((had) =>
        Object.fromEntries(
          studies
            .map((study) => [study.uid, had[study.uid]?.state === 'done' ? had[study.uid] : begun()] as const)
            .filter((pair): pair is [string, Progress] => pair[1] !== undefined),
        ),
      );
      const left = new Map(studies.map((study) => [study.uid, study.pieces.length]));
      const note = () =>
        remember({
          folder,
          siteId,
          stat,
          studies: [...left].map(([uid, files]) => ({ uid, files })),
        });
      note();
      for (const study of studies) {
        if (control.signal.aborted) break;
        let last = begun();
        const sending = new StudySending(study, siteId, stat, (now) => {
          last = now;
          setProgress((had) => ({ ...had, [study.uid]: now }));
        });
        await sending.run(control.signal);
        if (last.state === 'done') left.delete(study.uid);
        note();
      }
      setRunning(false);
    },
    [looked, folder],
  );

  const pause = useCallback(() => abort.current?.abort(), []);

  const forget = useCallback(() => {
    abort.current?.abort();
    setLooked(null);
    setReading(null);
    setProgress({});
  }, []);

  return { reading, looked, folder, progress, running, choose, send, pause, forget };
}
