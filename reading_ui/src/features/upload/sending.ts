import { asProblem, Problem } from '@/api/problem';
import * as calls from './calls';
import { digestOf } from './sha256';
import type { Piece, Study } from './studies';

/** How far a study is. `kinds` counts what the platform said of its files; `problems` names those that need somebody. */
export interface Progress {
  state: 'waiting' | 'sending' | 'paused' | 'done' | 'stopped';
  files: number;
  bytes: number;
  /** Of the bytes, those that the centre has taken into the study. */
  taken: number;
  kinds: Record<string, number>;
  problems: { path: string; code: string }[];
  /** The line is down or the platform busy: it is tried again by itself. */
  trouble: Problem | null;
  /** Where what was taken in is. What is kept apart is not in that study, which may be another hospital's. */
  studyId: string | null;
  agreed: boolean;
}

export const begun = (): Progress => ({
  state: 'waiting',
  files: 0,
  bytes: 0,
  taken: 0,
  kinds: {},
  problems: [],
  trouble: null,
  studyId: null,
  agreed: false,
});

const DELIVERED = ['stored', 'repeat', 'other_syntax'];
const AT_ONCE = 20;
const AGAIN = ['upload.gap', 'upload.absent', 'upload.chunk_digest', 'upload.digest'];
const LONGEST_PAUSE = 15_000;

export const delivered = (progress: Progress): number =>
  DELIVERED.reduce((sum, kind) => sum + (progress.kinds[kind] ?? 0), 0);

const APART = ['conflict', 'identity', 'site.conflict'];

/** Whether something of it is kept apart, for somebody to decide about. */
export const hasApart = (progress: Progress): boolean =>
  progress.problems.some(({ code }) => APART.includes(code));

/** What the badge says: how far it is, and at the end whether the centre has it: all, a part, none of it, or kept apart to be checked. */
export function outcome(progress: Progress): Progress['state'] | 'partly' | 'refused' | 'apart' {
  if (progress.state !== 'done' || progress.problems.length === 0) return progress.state;
  if (delivered(progress) > 0) return 'partly';
  return progress.problems.every(({ code }) => APART.includes(code)) ? 'apart' : 'refused';
}

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Sends one study: file by file, chunk by chunk, going on from what the platform has. */
export class StudySending {
  private readonly study: Study;
  private readonly siteId: string;
  private readonly priority: string;
  private readonly tell: (progress: Progress) => void;
  private progress = begun();

  constructor(study: Study, siteId: string, stat: boolean, tell: (progress: Progress) => void) {
    this.study = study;
    this.siteId = siteId;
    this.priority = stat ? 'STAT' : 'ROUTINE';
    this.tell = tell;
  }

  /** Until everything is sent or `signal` pauses it. Files whose content cannot be taken are named, the others go on. */
  async run(signal: AbortSignal): Promise<void> {
    const problems = this.study.unfit.map((path) => ({ path, code: 'file.unfit' }));
    this.note({ state: 'sending', files: 0, bytes: 0, taken: 0, kinds: {}, problems });
    let left = [...this.study.pieces];
    for (let faults = 0; left.length > 0 && !signal.aborted; ) {
      const some = left.slice(0, AT_ONCE);
      try {
        await this.sendSome(some, signal);
        left = left.slice(some.length);
        faults = 0;
        this.note({ trouble: null });
      } catch (error) {
        if (signal.aborted) break;
        const problem = asProblem(error);
        if (!problem.passing && !AGAIN.includes(problem.code)) {
          this.note({ state: 'stopped', trouble: problem });
          return;
        }
        left = left.filter((piece) => !this.concluded.has(piece));
        this.note({ trouble: problem });
        await wait(Math.min(LONGEST_PAUSE, 500 * 2 ** faults++), signal);
      }
    }
    if (signal.aborted) this.note({ state: 'paused' });
    else await this.end();
  }

  private readonly concluded = new Set<Piece>();
  /** The SOP Instance UIDs that the platform has: of what it sets apart for its content, it has the first that came. */
  private readonly there = new Set<string>();

  /** How many objects the study has as its files say. One that lies there twice is one; one that can't be read is one. */
  private get instances(): number {
    return new Set(this.study.pieces.map(({ sopUid }) => sopUid)).size + this.study.unfit.length;
  }

  private note(change: Partial<Progress>): void {
    this.progress = { ...this.progress, ...change };
    this.tell(this.progress);
  }

  private async sendSome(pieces: Piece[], signal: AbortSignal): Promise<void> {
    const open = pieces.filter((piece) => !this.concluded.has(piece));
    const named = new Map<string, Piece[]>();
    const files: calls.Announced[] = [];
    for (const piece of open) {
      const sha256 = await this.digest(piece);
      if (sha256 === null) continue;
      const twins = named.get(sha256) ?? [];
      if (twins.length === 0) files.push({ name: piece.path, size: piece.file.size, sha256 });
      named.set(sha256, [...twins, piece]);
    }
    if (files.length === 0) return;
    const study = { uid: this.study.uid, instances: this.instances };
    const { items } = await calls.announce(this.siteId, this.priority, files, study, signal);
    for (const state of items) {
      const twins = named.get(state.sha256) ?? [];
      const first = twins[0];
      if (!first) continue;
      const done = await this.sendOne(first, state, signal);
      for (const piece of twins) this.conclude(piece, done);
    }
  }

  /** Null for a file that can't be read any more: it was changed or taken away since it was chosen. */
  private async digest(piece: Piece): Promise<string | null> {
    try {
      return await digestOf(piece.file);
    } catch {
      this.fail(piece, 'file.gone');
      return null;
    }
  }

  private async sendOne(
    piece: Piece,
    state: calls.UploadState,
    signal: AbortSignal,
  ): Promise<calls.UploadState> {
    if (state.state === 'done') return state;
    const { file } = piece;
    const step = state.chunk_size;
    for (let offset = state.received; offset < file.size; offset += step) {
      const chunk = file.slice(offset, offset + step);
      const whole = file.size <= step;
      const answer = await calls.putChunk(state.id, offset, chunk, await digestOf(chunk), whole, signal);
      if (whole) return answer;
    }
    return calls.finish(state.id, signal);
  }

  private conclude(piece: Piece, done: calls.UploadState): void {
    if (this.concluded.has(piece)) return;
    const kind = done.kind ?? 'refused';
    const kinds = { ...this.progress.kinds, [kind]: (this.progress.kinds[kind] ?? 0) + 1 };
    this.concluded.add(piece);
    if (DELIVERED.includes(kind) || kind === 'conflict') this.there.add(piece.sopUid);
    this.note({
      kinds,
      files: this.progress.files + 1,
      bytes: this.progress.bytes + piece.file.size,
      taken: this.progress.taken + (DELIVERED.includes(kind) ? piece.file.size : 0),
      studyId: (DELIVERED.includes(kind) && done.study_id) || this.progress.studyId,
    });
    if (!DELIVERED.includes(kind)) this.name(piece, done.code ?? kind);
  }

  private fail(piece: Piece, code: string): void {
    if (this.concluded.has(piece)) return;
    this.concluded.add(piece);
    this.note({ files: this.progress.files + 1 });
    this.name(piece, code);
  }

  private name(piece: Piece, code: string): void {
    this.note({ problems: [...this.progress.problems, { path: piece.path, code }] });
  }

  /** What was not taken in is missing in the study: who reads it must know. */
  private async end(): Promise<void> {
    const uids = new Set(this.study.pieces.map(({ sopUid }) => sopUid));
    const named = [...uids].filter((uid) => !this.there.has(uid));
    const missing = named.length + this.study.unfit.length;
    let agreed = false;
    try {
      if (this.there.size > 0)
        agreed = (await calls.endStudy(this.siteId, this.study.uid, this.instances, missing, named)).agreed;
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // the platform then has what was said with the files
    }
    this.note({ state: 'done', trouble: null, agreed });
  }
}
