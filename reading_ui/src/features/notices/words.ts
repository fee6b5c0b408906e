import i18next from 'i18next';
import type { Notice } from '@/api/types';
import { reasonText } from '@/ui/reasonText';
import type { Toast } from '@/ui/toast';

/** A notice in the reader's language; an unknown code shows itself with its values. What names nobody (an older one, a study without a name) reads well, too. */
export function noticeText({ code, params }: Pick<Notice, 'code' | 'params'>): string {
  // A device is where images are from; a person has uploaded them.
  if (params.by_person) return reasonText('notices:code.', { code: `${code}_upload`, params });
  const nameless = `${code}_nameless`;
  const known = !params.name && i18next.exists(`notices:code.${nameless}`);
  return reasonText('notices:code.', { code: known ? nameless : code, params });
}

/** Where a notice leads: its study, else the place its kind belongs to. */
export function pathOf(notice: Pick<Notice, 'code' | 'study_id' | 'params'>): string {
  if (notice.code.startsWith('quarantine.')) return '/arrivals';
  if (notice.code === 'scrub.found') return '/scrubs';
  if (notice.code === 'rejection.ignored') return '/rejections';
  if (notice.code.startsWith('gateway.')) return '/upload';
  if (notice.params.order_id) return `/orders?id=${notice.params.order_id}`;
  if (notice.params.critical_id) return `/criticals?id=${notice.params.critical_id}`;
  if (notice.params.consultation_id) return `/consultations/${notice.params.consultation_id}`;
  return notice.study_id ? `/studies/${notice.study_id}` : '/';
}

/** What waits to be dealt with stays: nobody can say that they have seen it. */
export const mayDismiss = ({ seen, waits }: Pick<Notice, 'seen' | 'waits'>): boolean => !seen && !waits;

/** What arrived since the last look; at the first look nothing is news, it only waits under the bell. */
export const fresh = (known: ReadonlySet<string> | null, items: readonly Notice[]): Notice[] =>
  known === null ? [] : items.filter((notice) => !notice.seen && !known.has(notice.id));

const WARNINGS: ReadonlySet<string> = new Set([
  'gateway.silent',
  'gateway.stat_waits',
  'report.images_withdrawn',
  'report.late_images',
  'scrub.found',
  'study.damaged',
  'study.lacking',
  'study.late_signed',
  'study.rejected',
]);

/** What says that images are damaged, withdrawn, lacking or not covered does not look like good news. */
export const warns = ({ code, seen }: Pick<Notice, 'code' | 'seen'>): boolean => !seen && WARNINGS.has(code);

/** How it shows itself as it comes: as it stands under the bell. */
export const toneOf = (notice: Pick<Notice, 'code' | 'seen'>): Toast['tone'] =>
  warns(notice) ? 'caution' : 'news';

/** Images that were rejected for the patient's safety (IHE IOCM, DCM 113037). */
const unsafe = (notice: Notice): boolean => warns(notice) && notice.params.code === '113037';

/** What one line at the foot of the screen says of several: the gravest, and the latest of such. They all wait under the bell. */
export function inOneLine(news: readonly Notice[]): { notice: Notice; text: string } | undefined {
  const notice = news.findLast(unsafe) ?? news.findLast(warns) ?? news.at(-1);
  if (!notice) return undefined;
  const others = news.length - 1;
  const text = noticeText(notice);
  return { notice, text: others ? i18next.t('notices:andMore', { text, count: others }) : text };
}
