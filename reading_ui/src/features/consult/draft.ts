import type { Consultation, Draft, FileKind, Opinion } from './types';

/** The part of a consultation that is written before it is sent. */
export const draftOf = (view: Consultation): Draft => ({
  urgency: view.urgency,
  mode: view.mode,
  question: view.question,
  summary: view.summary,
  wanted_specialty: view.wanted_specialty,
  centre_site_id: view.centre_site?.id ?? null,
  study_ids: view.study_ids.toSorted(),
});

export const toggled = (ids: readonly string[], id: string, on: boolean): string[] =>
  on ? [...new Set([...ids, id])].toSorted() : ids.filter((other) => other !== id);

const names: Array<[FileKind, RegExp]> = [
  ['consent', /同意|consent/i],
  ['lab', /检验|化验|血常规|生化|lab/i],
  ['record', /病历|病程|入院|出院|病史|record/i],
];

/** What a file dropped anywhere on the page most likely is, by its name. */
export const kindOf = (name: string): FileKind =>
  names.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other';

/** Whom the modality of a study is mostly about, as a first guess that can be changed. */
export function specialtyOf(modalities: readonly string[], bodyPart: string): string {
  if (modalities.includes('ECG')) return 'cardiology';
  const part = bodyPart.toLowerCase();
  if (/chest|lung|thorax|胸|肺/.test(part)) return 'respiratory';
  if (/head|brain|skull|头|颅|脑/.test(part)) return 'neurology';
  if (/heart|cardiac|coronary|心/.test(part)) return 'cardiology';
  if (/spine|knee|hip|ankle|wrist|shoulder|脊|膝|髋|骨|关节/.test(part)) return 'orthopaedics';
  return '';
}

export type OpinionPart = keyof Opinion;

/** What an opinion still has to say before it can be signed; whether to refer is chosen, never assumed. */
export const unsaid = (opinion: Opinion): OpinionPart[] =>
  (['diagnosis', 'treatment', 'refer'] as const).filter((part) => opinion[part].trim() === '');
