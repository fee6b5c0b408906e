import type { ReactNode, Ref } from 'react';

export interface Column<R> {
  key: string;
  title: string;
  /** CSS grid track: fixed or with a minimum, so that nothing moves while rows load. */
  width: string;
  /** The server's name of this order; absent when the column cannot be sorted by. */
  sort?: string;
  align?: 'right' | 'center';
  cell: (row: R) => ReactNode;
}
export interface Sort {
  key: string;
  order: 'asc' | 'desc';
}
export interface GridHandle {
  /** Moves the active row and takes the focus there. */
  move(by: number): void;
}
export interface GridProps<R> {
  label: string;
  columns: Column<R>[];
  rows: R[];
  keyOf: (row: R) => string;
  /** All rows on the server, loaded or not. */
  total: number;
  rowHeight: number;
  active: string | null;
  onActive: (key: string) => void;
  onOpen: (row: R) => void;
  sort?: Sort;
  onSort?: (column: string) => void;
  /** The end of what is loaded comes near. */
  onEnd?: () => void;
  toneOf?: (row: R) => string;
  ref?: Ref<GridHandle>;
}
