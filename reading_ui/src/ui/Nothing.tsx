import styles from './Nothing.module.css';

/** The sign for "nothing", with why: told by its title, and to who listens instead of the sign. */
export function Nothing({ why }: { why: string }) {
  return (
    <span className={styles.nothing} title={why}>
      <span aria-hidden="true">—</span>
      <span className="sr-only">{why}</span>
    </span>
  );
}
