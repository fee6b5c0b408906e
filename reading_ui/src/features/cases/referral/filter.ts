import type { Direction } from '../types';

export const boxes = ['in', 'out', ''] as const;
export type Box = (typeof boxes)[number];
export const states = ['running', 'draft', 'ended', ''] as const;
/** Groups that a figure leads to; offered while they are shown. */
export const groups = ['expected', 'no_show'] as const;

/** What the list shows; kept in the address. `state` is the server's word, one state or a group of them. */
export interface Filter {
  box: Box;
  state: string;
  direction: Direction | '';
}

const boxOf = (word: string | null): Box =>
  word === 'out' || word === 'all' ? (word === 'all' ? '' : 'out') : 'in';

export function filterOf(search: URLSearchParams): Filter {
  const direction = search.get('direction');
  const state = search.get('state') ?? 'running';
  return {
    box: boxOf(search.get('box')),
    state: state === 'all' ? '' : state,
    direction: direction === 'up' || direction === 'down' ? direction : '',
  };
}

export function searchOf({ box, state, direction }: Filter): URLSearchParams {
  const search = new URLSearchParams();
  if (box !== 'in') search.set('box', box || 'all');
  if (state !== 'running') search.set('state', state || 'all');
  if (direction) search.set('direction', direction);
  return search;
}
