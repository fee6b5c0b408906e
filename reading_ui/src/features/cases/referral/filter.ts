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

const boxOf = (word: string | null, usual: Box): Box => {
  if (word === 'in' || word === 'out') return word;
  return word === 'all' ? '' : usual;
};

/** `usual`: what this person begins with, and what the address need not say. */
export function filterOf(search: URLSearchParams, usual: Box = 'in'): Filter {
  const direction = search.get('direction');
  const state = search.get('state') ?? 'running';
  return {
    box: boxOf(search.get('box'), usual),
    state: state === 'all' ? '' : state,
    direction: direction === 'up' || direction === 'down' ? direction : '',
  };
}

export function searchOf({ box, state, direction }: Filter, usual: Box = 'in'): URLSearchParams {
  const search = new URLSearchParams();
  if (box !== usual) search.set('box', box || 'all');
  if (state !== 'running') search.set('state', state || 'all');
  if (direction) search.set('direction', direction);
  return search;
}
