import type { Query } from '@/api/client';

/** What the list shows; kept in the address, so that a filter can be bookmarked and "back" works. */
export type View = 'all' | 'queued' | 'mine' | 'review' | 'verified';
export const views: readonly View[] = ['all', 'queued', 'mine', 'review', 'verified'];

export interface Filter {
  view: View;
  modality: string;
  site: string;
  priority: string;
  q: string;
  sort: string;
  order: 'asc' | 'desc';
}

const isView = (word: string | null): word is View => views.some((view) => view === word);

export function filterOf(search: URLSearchParams): Filter {
  const view = search.get('view');
  return {
    view: isView(view) ? view : 'all',
    modality: search.get('modality') ?? '',
    site: search.get('site') ?? '',
    priority: search.get('priority') ?? '',
    q: search.get('q') ?? '',
    sort: search.get('sort') ?? 'due',
    order: search.get('order') === 'desc' ? 'desc' : 'asc',
  };
}

/** Only what differs from the plain list, so that addresses stay short. */
export function searchOf(filter: Filter): URLSearchParams {
  const plain = filterOf(new URLSearchParams());
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(filter)) {
    if (value !== plain[key as keyof Filter]) search.set(key, value);
  }
  return search;
}

export const PAGE = 100;

/** The filter in the server's words. */
export function queryOf(filter: Filter): Query {
  const { view, ...rest } = filter;
  return {
    ...rest,
    state: view === 'all' || view === 'mine' ? undefined : view,
    mine: view === 'mine' ? 'true' : undefined,
    limit: PAGE,
  };
}

export const filtered = (filter: Filter): boolean =>
  Boolean(filter.q || filter.modality || filter.site || filter.priority);

/** The same list in the same order without what narrows it. */
export const widened = (filter: Filter): Filter => ({
  ...filter,
  q: '',
  modality: '',
  site: '',
  priority: '',
});

/** Clicking a column: first by it, then the other way round. */
export const sortedBy = (filter: Filter, column: string): Filter =>
  filter.sort === column
    ? { ...filter, order: filter.order === 'asc' ? 'desc' : 'asc' }
    : { ...filter, sort: column, order: column === 'arrived' ? 'desc' : 'asc' };
