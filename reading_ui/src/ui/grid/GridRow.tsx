import { memo } from 'react';
import { cx } from '@/lib/cx';
import styles from './DenseGrid.module.css';
import type { Column } from './DenseGrid.types';

interface Props<R> {
  id: string;
  row: R;
  columns: Column<R>[];
  index: number;
  top: number;
  active: boolean;
  /** The one row that Tab reaches. */
  reachable: boolean;
  tone?: string;
  onActive: (key: string) => void;
  onOpen: (row: R) => void;
}

function Row<R>({ id, row, columns, index, top, active, reachable, tone, onActive, onOpen }: Props<R>) {
  return (
    <div
      role="row"
      data-key={id}
      data-tone={tone}
      aria-rowindex={index + 2}
      aria-selected={active}
      tabIndex={reachable ? 0 : -1}
      className={cx(styles.row, styles.item, active && styles.active)}
      style={{ transform: `translateY(${top}px)` }}
      onMouseDown={() => onActive(id)}
      onFocus={() => !active && onActive(id)}
      onDoubleClick={() => onOpen(row)}
    >
      {columns.map((column) => (
        <div
          key={column.key}
          role="gridcell"
          className={cx(styles.cell, column.align && styles[column.align])}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** Rows are redrawn only when their own data changes; clocks inside tick by themselves. */
export const GridRow = memo(Row) as typeof Row;
