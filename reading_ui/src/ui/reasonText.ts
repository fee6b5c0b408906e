import i18next from 'i18next';
import type { Reason } from '@/api/types';

/** What an MDT came to is called what it is: 讨论意见 without a quorum, never a conclusion; and whether somebody dissents. */
export const paperContext = ({ kind, dissent }: Reason['params']): string =>
  [kind === 'opinion' ? 'opinion' : '', Number(dissent ?? 0) > 0 ? 'dissent' : ''].filter(Boolean).join('_');

/** A coded reason in words, looked up under `prefix` (`worklist:`, `task:returnReason.`); a code nobody has words for yet is shown as it is, with its numbers. */
export function reasonText(prefix: string, reason: Reason): string {
  const key = `${prefix}${reason.code}`;
  if (i18next.exists(key)) return i18next.t(key, { ...reason.params, context: paperContext(reason.params) });
  const values = Object.values(reason.params).join(', ');
  return values ? `${reason.code} (${values})` : reason.code;
}
