import type { Arrival } from '@/api/types';
import type { Conflict } from './calls';

/** In small letters of usual width: a Chinese input method leaves `Ｅ－１` of `E-1`. */
const plain = (text: string): string => text.normalize('NFKC').toLowerCase();

const holds = (texts: readonly (string | null | undefined)[], words: string): boolean => {
  const text = plain(texts.filter(Boolean).join('\n'));
  return plain(words)
    .split(/\s+/)
    .every((word) => text.includes(word));
};

/** Whether an object that could not simply be stored is what is looked for: by its patient, its study or who sent it. */
export const isFound = (item: Arrival, words: string): boolean =>
  holds(
    [
      ...[item.whose, item.known].flatMap((one) => [
        one?.name,
        one?.patient_id,
        one?.description,
        one?.modality,
      ]),
      item.peer,
      item.site,
      item.study_uid,
      item.sop_uid,
    ],
    words,
  );

/** The same of a conflict, by either of its sides. */
export const isFoundConflict = (item: Conflict, words: string): boolean =>
  holds(
    [
      ...[item.claim, item.known].flatMap((one) => [
        one?.name,
        one?.name_full,
        one?.patient_id,
        one?.accession,
        one?.description,
        one?.modality,
        one?.sender,
      ]),
      item.study_uid,
    ],
    words,
  );
