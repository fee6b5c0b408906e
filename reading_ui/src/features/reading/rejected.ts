import type { Manifest } from '@/viewer';

/** Whether a newer manifest is without images that the open one shows: they were rejected, for whatever reason, and nothing gives
 * them out any more. The newer one is taken at once, not when somebody says so. */
export function loses(open: Manifest | null, newer: Manifest | null): boolean {
  if (!open || !newer) return false;
  const left = new Set(newer.series.flatMap(({ instances }) => instances.map(({ sop_uid }) => sop_uid)));
  return open.series.some(({ instances }) => instances.some(({ sop_uid }) => !left.has(sop_uid)));
}
