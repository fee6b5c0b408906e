import i18next from 'i18next';
import type { Reason } from '@/api/types';

/** A coded reason in words, looked up under `prefix` (`worklist:`, `task:returnReason.`); a code nobody has words for yet is shown as it is, with its numbers. */
export function reasonText(prefix: string, reason: Reason): string {
  const key = `${prefix}${reason.code}`;
  if (i18next.exists(key)) return i18next.t(key, reason.params);
  const values = Object.values(reason.params).join(', ');
  return values ? `${reason.code} (${values})` : reason.code;
}
