import { keepWords, keptWords } from '@/lib/kept';
import { endOfDay, isPast, localDay } from '../times';
import type { Item, Minutes } from '../types';

/** A conclusion while it is written; days are those of this screen's clock. */
export interface Written extends Omit<Minutes, 'recommendations'> {
  recommendations: { text: string; owner: string; day: string }[];
}

const place = (item: string) => `conclusion:${item}`;

/** Kept in this browser until it is sent, so that a reload or a fallen line loses no word. */
export const keepDraft = (person: string, item: string, written: Written | null): void =>
  keepWords(person, place(item), written);

/** What was concluded already, else what was begun here, else nothing. */
export function startOf(person: string, item: Item): Written {
  const said = item.conclusion;
  if (said) {
    return {
      stage: said.stage,
      options: said.options,
      recommendation: said.recommendation,
      evidence: said.evidence,
      dissent: said.dissent.map(({ person, text }) => ({ person_id: person.id, text })),
      recommendations: said.recommendations.map((one) => ({
        text: one.text,
        owner: one.owner_site.id,
        day: localDay(new Date(one.due_at)),
      })),
    };
  }
  const begun = keptWords(person, place(item.id));
  if (begun) return begun as Written;
  return { stage: '', options: '', recommendation: '', evidence: '', dissent: [], recommendations: [] };
}

/** What has to be there is there, nothing is half written, and nothing was to be done by a day that is over. */
export const complete = (written: Written): boolean =>
  written.stage.trim() !== '' &&
  written.recommendation.trim() !== '' &&
  written.dissent.every(({ text }) => text.trim() !== '') &&
  written.recommendations.every(
    ({ text, owner, day }) => text.trim() !== '' && owner !== '' && day !== '' && !isPast(day),
  );

export const minutesOf = ({ recommendations, ...words }: Written): Minutes => ({
  ...words,
  recommendations: recommendations.map((one) => ({
    text: one.text.trim(),
    owner_site_id: one.owner,
    due_at: endOfDay(one.day) ?? '',
  })),
});
