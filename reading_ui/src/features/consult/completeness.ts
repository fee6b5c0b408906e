import type { Draft } from './types';

/** What counts how much in a complete request: the server's own table, so that the bar moves with every letter. */
export const points = {
  question: 25,
  summary: 25,
  studies: 20,
  consent: 15,
  record: 10,
  specialty: 5,
} as const;
export type Part = keyof typeof points;
const LEAST_QUESTION = 8;
const LEAST_SUMMARY = 30;

/** `kinds` are those of the files that the case has. */
export function completeness(
  draft: Pick<Draft, 'question' | 'summary' | 'wanted_specialty' | 'study_ids'>,
  kinds: ReadonlySet<string>,
): { score: number; missing: Part[] } {
  const there: Record<Part, boolean> = {
    question: draft.question.trim().length >= LEAST_QUESTION,
    summary: draft.summary.trim().length >= LEAST_SUMMARY,
    studies: draft.study_ids.length > 0,
    consent: kinds.has('consent'),
    record: kinds.has('record') || kinds.has('lab'),
    specialty: draft.wanted_specialty !== '',
  };
  const parts = Object.keys(points) as Part[];
  return {
    score: parts.reduce((sum, part) => sum + (there[part] ? points[part] : 0), 0),
    missing: parts.filter((part) => !there[part]),
  };
}

const ENOUGH = 70;

/** What to ask about once before a request is sent; an urgent one is not held up. */
export function worthAsking(
  { urgency }: Pick<Draft, 'urgency'>,
  { score, missing }: { score: number; missing: Part[] },
): Part[] {
  if (urgency === 'urgent') return [];
  return missing.includes('consent') || score < ENOUGH ? missing : [];
}

/** Without these the server does not take the request. */
export function lacking(
  draft: Pick<Draft, 'question' | 'summary' | 'centre_site_id' | 'study_ids'>,
  files: number,
): Array<'question' | 'summary' | 'centre' | 'studies'> {
  const found: Array<'question' | 'summary' | 'centre' | 'studies'> = [];
  if (!draft.question.trim()) found.push('question');
  if (!draft.summary.trim()) found.push('summary');
  if (!draft.centre_site_id) found.push('centre');
  if (draft.study_ids.length + files === 0) found.push('studies');
  return found;
}
