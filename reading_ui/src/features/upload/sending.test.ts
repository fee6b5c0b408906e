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
  const study = {
    uid: '1.2.3',
    pieces: [piece],
    bytes: 5,
    series: 1,
    differs: [],
    unfit: [],
  } as unknown as Study;
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

/** A study of these SOP Instance UIDs, of which the platform takes what `kindOf` says; what it was told of the study. */
async function told(sopUids: string[], unfit: string[], kindOf: (path: string) => string) {
  const said: { announced: unknown[]; ended: unknown[] } = { announced: [], ended: [] };
  vi.stubGlobal('fetch', async (url: RequestInfo | URL, init?: RequestInit) => {
    const body = JSON.parse(String(init?.body));
    if (String(url).endsWith('/end')) {
      said.ended.push([body.instances, body.missing, body.named]);
      return Response.json({ agreed: false, instances: 0, study_id: null });
    }
    said.announced.push(...body.studies);
    const state = { id: 'u1', chunk_size: 1 << 20, received: 5, size: 5, state: 'done', code: null };
    const files = body.files as { sha256: string; name: string }[];
    return Response.json({
      items: files.map(({ sha256, name }) => ({ ...state, sha256, kind: kindOf(name), study_id: 's1' })),
    });
  });
  const pieces = sopUids.map((sopUid, n) => ({
    file: new File([`image ${n}`], `${n}`),
    path: `${n}`,
    sopUid,
    seriesUid: '1.2.3.1',
  }));
  let last = begun();
  const study = { uid: '1.2.3', pieces, bytes: 5, series: 1, differs: [], unfit } as unknown as Study;
  await new StudySending(study, 'site', false, (progress) => {
    last = progress;
  }).run(new AbortController().signal);
  return { ...said, outcome: outcome(last) };
}

describe('what the platform is told of a study', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('is with the first file how many objects there are, and at the end which of them were not taken', async () => {
    const said = await told(['1.1', '1.2', '1.3'], ['torn'], (path) => (path === '1' ? 'refused' : 'stored'));
    expect(said.announced).toEqual([{ study_uid: '1.2.3', instances: 4 }]);
    expect(said.ended).toEqual([[4, 2, ['1.2']]]);
    expect(said.outcome).toBe('partly');
  });

  it('misses nothing where an object lies there twice, was there before, or has another content there', async () => {
    const kinds = ['stored', 'repeat', 'conflict', 'other_syntax'];
    const said = await told(['1.1', '1.1', '1.2', '1.3'], [], (path) => kinds[Number(path)] ?? '');
    expect(said.ended).toEqual([[3, 0, []]]);
  });

  it('says nothing at the end where nothing of it was taken', async () => {
    expect((await told(['1.1'], [], () => 'refused')).ended).toEqual([]);
  });
});
