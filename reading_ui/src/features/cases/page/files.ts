import type { AttachmentKind } from '../types';

export const MOST_BYTES = 50 * 1024 * 1024;

const shown: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/jpeg',
  'image/png',
  'image/gif',
  'image/webp',
  'image/bmp',
]);

/** What the browser can show in its own place; the rest is only saved. */
export const isShown = (mediaType: string): boolean => shown.has(mediaType);

/** `340 KB`, `1.2 MB`. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

const guesses: ReadonlyArray<[RegExp, AttachmentKind]> = [
  [/同意|consent/i, 'consent'],
  [/检验|化验|血常规|生化|血气|肌钙|凝血|lab/i, 'lab'],
  [/病历|记录|小结|出院|入院|病程|record|note/i, 'record'],
];

/** What a file probably is, by its name and kind; the person can say otherwise. */
export function guessKind({ name, type }: Pick<File, 'name' | 'type'>): AttachmentKind {
  const found = guesses.find(([pattern]) => pattern.test(name));
  if (found) return found[1];
  return type.startsWith('image/') ? 'image' : 'other';
}
