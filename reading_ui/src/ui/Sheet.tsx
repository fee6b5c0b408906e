import type { ReactNode } from 'react';
import styles from './Sheet.module.css';

/** A plain desk: title, one line of what it is for, tools at the right, content below. */
export function Sheet({
  title,
  hint,
  tools,
  children,
}: {
  title: string;
  hint?: string;
  tools?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={styles.sheet}>
      <header className={styles.head}>
        <div>
          <h1>{title}</h1>
          {hint && <p className={styles.hint}>{hint}</p>}
        </div>
        <div className={styles.tools}>{tools}</div>
      </header>
      {children}
    </div>
  );
}
