import type { CaseFact } from '../types';

/** Something that runs in a case and has a state of its own. */
export interface Matter {
  subject: MatterKind;
  id: string;
  state: string;
  number: string;
  /** When it came to this state. */
  at: string;
  details: CaseFact['details'];
}
export const matterKinds = ['critical', 'consultation', 'item', 'referral'] as const;
export type MatterKind = (typeof matterKinds)[number];

/** The case as it was after its first `facts.length` facts: only what the facts themselves say. */
export interface CaseThen {
  at: string;
  state: string;
  matters: Matter[];
  /** Study → how far its reading was: `task.queued`, `report.signed`. */
  reading: Map<string, string>;
  /** Follow-ups that had been planned. */
  planned: Set<string>;
}

const isMatter = (subject: string): subject is MatterKind => matterKinds.some((kind) => kind === subject);
const word = (value: unknown): string => (typeof value === 'string' ? value : '');

export function caseThen(facts: readonly CaseFact[]): CaseThen {
  const matters = new Map<string, Matter>();
  const reading = new Map<string, string>();
  const planned = new Set<string>();
  let state = 'open';
  for (const fact of facts) {
    if (fact.subject === 'followup') planned.add(fact.subject_id);
    const said = word(fact.details.state);
    if (!said) continue;
    if (fact.subject === 'case') state = said;
    if (isMatter(fact.subject)) matters.set(`${fact.subject}:${fact.subject_id}`, matterOf(fact, matters));
    if (fact.study_id && (fact.subject === 'task' || fact.subject === 'report'))
      reading.set(fact.study_id, `${fact.subject}.${said}`);
  }
  return { at: facts.at(-1)?.at ?? '', state, matters: [...matters.values()], reading, planned };
}

function matterOf(fact: CaseFact, known: Map<string, Matter>): Matter {
  const before = known.get(`${fact.subject}:${fact.subject_id}`);
  const state = word(fact.details.state);
  return {
    subject: fact.subject as MatterKind,
    id: fact.subject_id,
    state,
    number: word(fact.details.number) || before?.number || '',
    at: before?.state === state ? before.at : fact.at,
    details: { ...before?.details, ...fact.details },
  };
}

/** Was it there at this moment? Without an end it still is. */
export const thereAt = (from: string, until: string | null | undefined, moment: string): boolean =>
  from <= moment && (!until || until > moment);
