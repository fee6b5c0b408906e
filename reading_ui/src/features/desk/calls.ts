import { get } from '@/api/client';
import type { components } from '@/api/schema';
import type { Band } from '@/lib/time';

type Raw = components['schemas']['DeskItem'];

/** One thing that waits for this person: `kind` gives its words, `link` its screen. */
export type DeskItem = Omit<Raw, 'band'> & { band: Band };

export const desk = (signal?: AbortSignal) =>
  get<{ items: DeskItem[]; total: number }>('/api/desk', undefined, { signal, etag: true });
