import type { ReactNode } from 'react';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import styles from './admin.module.css';

interface Props<R> {
  heads: string[];
  rows: R[] | undefined;
  error: unknown;
  empty: string;
  onRetry: () => void;
  keyOf: (row: R) => string;
  cells: (row: R) => ReactNode[];
  dim?: (row: R) => boolean;
}

/** A short plain table: an alliance has tens of rows, not thousands. */
export function Table<R>({ heads, rows, error, empty, onRetry, keyOf, cells, dim }: Props<R>) {
  if (error && !rows) return <Trouble error={error} onRetry={onRetry} />;
  if (!rows) return <SkeletonRows rows={5} height={40} />;
  if (rows.length === 0) return <Empty title={empty} />;
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <thead>
          <tr>
            {heads.map((head, index) => (
              <th key={head || index} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={dim?.(row) ? styles.dim : undefined}>
              {cells(row).map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells are as fixed as the columns
                <td key={index}>{cell === '' ? <span className={styles.dim}>—</span> : cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
