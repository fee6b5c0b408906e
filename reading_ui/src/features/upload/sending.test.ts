import { afterEach, describe, expect, it, vi } from 'vitest';
import { begun, hasApart, outcome, type Progress, StudySending } from './sending';
import type { Study } from './studies';

const ended = (kinds: Record<string, number>, ...codes: string[]) =>
  outcome({
    ...begun(),
    state: 'done',
    kinds,
    problems: codes.map((code, n) => ({ path: `${n}.dcm`, code })),
  });

describe('the end of an upload', () => {
  it('is no success where the centre has taken nothing in', () => {
    expect(ended({ refused: 1 }, 'object.unreadable')).toBe('refused');
    expect(ended({}, 'file.gone')).toBe('refused');
  });

  it('says that something was not taken in, or is kept apart', () => {
    expect(ended({ stored: 2, refused: 1 }, 'object.unreadable')).toBe('partly');
    expect(ended({ conflict: 1, identity: 1 }, 'conflict', 'identity')).toBe('apart');
    expect(ended({ conflict: 1, refused: 1 }, 'conflict', 'object.unreadable')).toBe('refused');
  });

  it('is done where all of it is there', () => {
    expect(ended({ stored: 3, repeat: 1 })).toBe('done');
    expect(outcome({ ...begun(), state: 'sending' })).toBe('sending');
  });
});

/** A study of one file that the platform answers with `done`; how it ended. */
async function sent(done: { kind: string; code: string | null; study_id: string | null }): Promise<Progress> {
  const state = { id: 'u1', chunk_size: 1 << 20, received: 5, size: 5, state: 'done', ...done };
  vi.stubGlobal('fetch', async (url: RequestInfo | URL, init?: RequestInit) => {
    if (String(url).endsWith('/end')) return Response.json({ agreed: false, instances: 0, study_id: null });
    const { files } = JSON.parse(String(init?.body)) as { files: { sha256: string }[] };
    return Response.json({ items: files.map(({ sha256 }) => ({ ...state, sha256 })) });
  });
  const piece = { file: new File(['image'], 'a'), path: 'disc/a', sopUid: '1.2.3.4', seriesUid: '1.2.3.1' };
  const study = { uid: '1.2.3', pieces: [piece], bytes: 5, series: 1, differs: [] } as unknown as Study;
  let last = begun();
  const sending = new StudySending(study, 'site', false, (progress) => {
    last = progress;
  });
  await sending.run(new AbortController().signal);
  return last;
}

describe('what was sent', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('is to be seen in its study where it was taken in', async () => {
    const progress = await sent({ kind: 'stored', code: null, study_id: 's1' });
    expect([progress.studyId, hasApart(progress)]).toEqual(['s1', false]);
  });

  it('is not said to be another patient’s where another hospital sent it before', async () => {
    const progress = await sent({ kind: 'identity', code: 'site.conflict', study_id: null });
    expect(progress.problems).toEqual([{ path: 'disc/a', code: 'site.conflict' }]);
    expect([hasApart(progress), outcome(progress)]).toEqual([true, 'apart']);
  });

  it('is not in the study that it contradicts, which may be another hospital’s', async () => {
    const progress = await sent({ kind: 'identity', code: null, study_id: 's1' });
    expect([progress.studyId, hasApart(progress), outcome(progress)]).toEqual([null, true, 'apart']);
  });
});
