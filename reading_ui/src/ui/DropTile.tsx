import { type DragEvent, type ReactNode, useId, useState } from 'react';
import { cx } from '@/lib/cx';
import styles from './DropTile.module.css';
import { Icon } from './icons';

interface Props {
  label: string;
  hint?: string;
  /** Something is there already. */
  filled?: boolean;
  busy?: boolean;
  onFiles: (files: File[]) => void;
  /** What is there, below. */
  children?: ReactNode;
}

/** A place for files: dropped onto it, or chosen by a tap (on a phone also from the camera). */
export function DropTile({ label, hint, filled = false, busy = false, onFiles, children }: Props) {
  const id = useId();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) onFiles(files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the field inside is everybody's
    <div
      className={cx(styles.tile, over && styles.over, filled && styles.filled)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <label htmlFor={id} className={styles.label}>
        <Icon name={filled ? 'check' : 'plus'} size={15} />
        <span>{label}</span>
        {hint && <span className={styles.hint}>{hint}</span>}
      </label>
      <input
        id={id}
        type="file"
        multiple
        disabled={busy}
        aria-busy={busy || undefined}
        className="sr-only"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      {children}
    </div>
  );
}

const KILO = 1024;

/** `1.4 MB` */
export function sizeWords(bytes: number): string {
  if (bytes < KILO * KILO) return `${Math.max(1, Math.round(bytes / KILO))} KB`;
  return `${(bytes / KILO / KILO).toFixed(1)} MB`;
}
