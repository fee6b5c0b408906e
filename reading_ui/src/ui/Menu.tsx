import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { cx } from '@/lib/cx';
import { Button } from './Button';
import type { IconName } from './icons';
import styles from './Menu.module.css';

interface Props {
  label: string;
  /** Visible text of the button; without it the icon stands alone and `label` names it. */
  word?: ReactNode;
  /** `word` says too little by itself: `label` names the button all the same. */
  named?: boolean;
  icon?: IconName;
  side?: 'left' | 'right';
  className?: string;
  children: (close: () => void) => ReactNode;
}

/** A button with a small panel below it; closes on Esc, on a click outside and when the focus leaves. */
export function Menu({ label, word, named = false, icon, side = 'right', className, children }: Props) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears Esc and lost focus of the controls inside
    <div
      ref={box}
      className={cx(styles.menu, className)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.preventDefault();
        event.stopPropagation();
        setOpen(false);
        box.current?.querySelector('button')?.focus();
      }}
      onBlur={(event) => {
        if (event.relatedTarget instanceof Node && !box.current?.contains(event.relatedTarget))
          setOpen(false);
      }}
    >
      <Button
        tone="bare"
        icon={icon}
        aria-label={word && !named ? undefined : label}
        title={label}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {word}
      </Button>
      {open && (
        <div id={id} className={cx(styles.panel, styles[side])}>
          {children(() => setOpen(false))}
        </div>
      )}
    </div>
  );
}
