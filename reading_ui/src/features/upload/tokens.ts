import type { Gateway } from './calls';

/** The gateways of each token in the order in which they come; `shared` when several use it. */
export function byToken(items: Gateway[]): { id: string; shared: boolean; items: Gateway[] }[] {
  const ids = [...new Set(items.map((each) => each.id))];
  return ids.map((id) => {
    const own = items.filter((each) => each.id === id);
    return { id, shared: own.some((each) => each.shared), items: own };
  });
}

/** What tells one gateway of a token from the next: an older one says no machine, or nothing at all. */
export function nameOf({ report }: Gateway): { machine: string; digits: string } {
  return { machine: report.machine ?? '', digits: (report.home ?? '').slice(-4) };
}
