import { io, type Socket } from 'socket.io-client';
import { connectionIs } from './connection';
import type { LiveFact } from './follow';

export type SubjectKind = 'study' | 'task' | 'case' | 'room' | 'consultation' | 'meeting';
export interface JoinAnswer {
  ok: boolean;
  code?: string;
  /** Of a room: what everybody sees at present. */
  view?: unknown;
}
/** A passing word between the screens of a room: never stored, never trusted. */
export interface Whisper {
  room: string;
  kind: string;
  body: unknown;
  /** Whose it is; the server puts it there. */
  seat?: string;
}
export interface Changed {
  scope: string;
}

interface ServerEvents {
  changed: (news: Changed) => void;
  fact: (fact: LiveFact) => void;
  notice: (notice: unknown) => void;
  whisper: (whisper: Whisper) => void;
}
interface ClientEvents {
  join: (subject: { kind: SubjectKind; id: string }, answer: (said: JoinAnswer) => void) => void;
  leave: (subject: { kind: SubjectKind; id: string }) => void;
  whisper: (whisper: Whisper) => void;
}

type Line = Socket<ServerEvents, ClientEvents>;
let line: Line | null = null;

const changedWatchers = new Set<(news: Changed) => void>();
const noticeWatchers = new Set<() => void>();
const backWatchers = new Set<() => void>();

interface Follower {
  fact: (fact: LiveFact) => void;
  gap: () => void;
  /** The server's answer each time the subject is joined, also after a break. */
  joined?: (said: JoinAnswer) => void;
}
const whisperers = new Set<(whisper: Whisper) => void>();
const subjects = new Map<string, { kind: SubjectKind; id: string; followers: Set<Follower> }>();
const keyOf = (kind: string, id: string) => `${kind}:${id}`;

/** Opens the live line once per sign-in; it reconnects by itself and joins its subjects again. */
export function openLine(): void {
  if (line) return;
  connectionIs('connecting');
  line = io({
    path: '/socket.io',
    transports: ['websocket', 'polling'],
    withCredentials: true,
    reconnectionDelayMax: 5_000,
  });
  line.on('connect', () => {
    connectionIs('live');
    for (const { kind, id, followers } of subjects.values()) {
      join(kind, id);
      for (const follower of followers) follower.gap();
    }
    for (const tell of backWatchers) tell();
  });
  line.on('disconnect', () => connectionIs('down'));
  line.on('connect_error', () => connectionIs('down'));
  line.on('changed', (news) => {
    for (const tell of changedWatchers) tell(news);
  });
  line.on('notice', () => {
    for (const tell of noticeWatchers) tell();
  });
  line.on('whisper', (heard) => {
    for (const tell of whisperers) tell(heard);
  });
  line.on('fact', (fact) => {
    const subject = subjects.get(keyOf(fact.subject, fact.subject_id));
    for (const follower of subject?.followers ?? []) follower.fact(fact);
  });
}

export function closeLine(): void {
  line?.disconnect();
  line = null;
  connectionIs('off');
}

function join(kind: SubjectKind, id: string): void {
  line?.emit('join', { kind, id }, (said) => {
    for (const follower of subjects.get(keyOf(kind, id))?.followers ?? []) follower.joined?.(said);
  });
}

/** Says something in passing. While the line is down it is lost: the next word says more than this one. */
export function whisper(word: Whisper): void {
  if (line?.connected) line.emit('whisper', word);
}

/** The order of leaves and joins is the server's to keep. Waiting spares it both when one screen of a subject takes over from another,
 * and loses none of the news between the two; a seat in a room is not given up for that moment. */
const LEAVE_MS = 250;

/** Follows one subject; the room is joined with the first follower and left with the last. */
export function followSubject(kind: SubjectKind, id: string, follower: Follower): () => void {
  const key = keyOf(kind, id);
  const subject = subjects.get(key) ?? { kind, id, followers: new Set<Follower>() };
  subject.followers.add(follower);
  subjects.set(key, subject);
  if (subject.followers.size === 1 && line?.connected) join(kind, id);
  return () => {
    subject.followers.delete(follower);
    if (subject.followers.size > 0) return;
    setTimeout(() => {
      if (subject.followers.size > 0 || subjects.get(key) !== subject) return;
      subjects.delete(key);
      line?.emit('leave', { kind, id });
    }, LEAVE_MS);
  };
}

const watch = <F>(watchers: Set<F>, tell: F): (() => void) => {
  watchers.add(tell);
  return () => {
    watchers.delete(tell);
  };
};

export const onChanged = (tell: (news: Changed) => void) => watch(changedWatchers, tell);
export const onWhisper = (tell: (whisper: Whisper) => void) => watch(whisperers, tell);
export const onNotice = (tell: () => void) => watch(noticeWatchers, tell);
/** The line is back after a break: whatever was missed must be fetched. */
export const onBack = (tell: () => void) => watch(backWatchers, tell);
