import { create } from 'zustand';

export interface Toast {
  id: number;
  text: string;
  tone: 'done' | 'problem' | 'news';
  /** What takes it back, or what comes next. */
  action?: { label: string; run: () => void };
  /** What it is about: the next word on the same thing takes its place. */
  about?: string;
}

interface Toasts {
  items: Toast[];
}

export const useToasts = create<Toasts>()(() => ({ items: [] }));
let last = 0;
const STAY_MS = 6_000;
const STAY_WITH_ACTION_MS = 10_000;

/** Says something at the foot of the screen. Problems stay until closed; the rest goes by itself. */
export function toast(text: string, options: Pick<Partial<Toast>, 'tone' | 'action' | 'about'> = {}): void {
  last += 1;
  const item: Toast = {
    id: last,
    text,
    tone: options.tone ?? 'done',
    action: options.action,
    about: options.about,
  };
  useToasts.setState(({ items }) => {
    const others = items.filter((other) => !item.about || other.about !== item.about);
    return { items: [...others.slice(-3), item] };
  });
  if (item.tone === 'problem') return;
  setTimeout(() => dismiss(item.id), item.action ? STAY_WITH_ACTION_MS : STAY_MS);
}

export const dismiss = (id: number): void =>
  useToasts.setState(({ items }) => ({ items: items.filter((item) => item.id !== id) }));
