/** Verbs that need a reason or an answer in words, in the order of their buttons. */
export const wordy = ['answer', 'return', 'release', 'cancel'] as const;
export type WordyVerb = (typeof wordy)[number];

/** Why a study is sent back to its hospital (codes of the server). */
export const returnReasons = ['documents_missing', 'images_unfit', 'wrong_region', 'other'] as const;

/** Whether the form may be sent: a return needs a reason chosen, and words for "other"; every other verb needs text. */
export const complete = (verb: WordyVerb, reason: string, text: string): boolean =>
  verb === 'return' && reason !== 'other' ? reason !== '' : text.trim() !== '';
