import type { ReactNode } from 'react';
import styles from './draft.module.css';

/** One part of the form under its heading. */
export function Part({ title, tools, children }: { title: string; tools?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.card}>
      <header className={styles.partHead}>
        <h2>{title}</h2>
        {tools}
      </header>
      <div className={styles.part}>{children}</div>
    </section>
  );
}
