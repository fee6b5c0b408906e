import type { Reason } from '@/api/types';

/** Modalities whose slices make a volume: only there does their geometry matter to a reader. */
const volumes = new Set(['CT', 'MR', 'PT', 'NM']);

/** Why images were dangerous to look at: for the patient's safety, or because they are another examination's. Said in red. */
const UNSAFE = new Set(['images.113037', 'images.113038', 'images.undone']);

export const isUnsafe = (code: string): boolean => UNSAFE.has(code);

/** What the server found, without what is in order for this kind of study: one slice is no fault, an ultrasound has no slices. */
export const worthSaying = (problems: readonly Reason[], modalities: readonly string[]): Reason[] =>
  problems.filter(({ code }) => {
    if (!code.startsWith('geometry.')) return true;
    return code !== 'geometry.single' && modalities.some((modality) => volumes.has(modality));
  });
