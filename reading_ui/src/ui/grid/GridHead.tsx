import { cx } from '@/lib/cx';
import { Icon } from '../icons';
import styles from './DenseGrid.module.css';
import type { Column, Sort } from './DenseGrid.types';

interface Props<R> {
  columns: Column<R>[];
  sort?: Sort;
  onSort?: (column: string) => void;
}

const spoken = { asc: 'ascending', desc: 'descending' } as const;

/** Column titles; those the server can sort by are buttons. */
export function GridHead<R>({ columns, sort, onSort }: Props<R>) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.row}>
        {columns.map((column) => {
          const sorted = column.sort !== undefined && column.sort === sort?.key ? sort.order : undefined;
          return (
            <div
              key={column.key}
              role="columnheader"
              aria-sort={sorted && spoken[sorted]}
              className={cx(styles.cell, column.align && styles[column.align])}
            >
              {column.sort && onSort ? (
                <button type="button" className={styles.sorter} onClick={() => onSort(column.sort ?? '')}>
                  {column.title}
                  {sorted && <Icon name={sorted === 'asc' ? 'up' : 'down'} size={11} />}
                </button>
              ) : (
                column.title
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
