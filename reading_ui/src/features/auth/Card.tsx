import type { ReactNode } from 'react';
import { LanguageSwitch } from '@/ui/LanguageSwitch';
import styles from './auth.module.css';
import { wish } from './signIn';

/** The quiet page around everything that happens before one is signed in. */
export function Card({ title, intro, children }: { title: string; intro?: string; children: ReactNode }) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <header className={styles.brand}>
          <img src="/icon.svg" alt="" width="36" height="36" />
          <div>
            <p className={styles.product}>Teleconsult</p>
            {intro && <p className={styles.intro}>{intro}</p>}
          </div>
        </header>
        <h1 className={styles.title}>{title}</h1>
        {children}
      </div>
      <footer className={styles.foot}>
        <LanguageSwitch onChosen={wish} />
      </footer>
    </main>
  );
}
