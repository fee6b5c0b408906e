import { create } from 'zustand';

export interface Toast {
  id: number;
  text: string;
  /** `caution` is news that must not pass for ordinary news. */
  tone: 'done' | 'problem' | 'news' | 'caution';
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
const STAY_IF_GRAVE_MS = 30_000;

/** A word on a thing takes the place of what was said of it and of its parts (`consultation-1:scan.pdf`). */
const isOf = (other: Toast, about: string | undefined): boolean =>
  about !== undefined && (other.about === about || (other.about?.startsWith(`${about}:`) ?? false));

/** Says something at the foot of the screen. Everything goes by itself, problems and cautions after a while or when what they are about succeeds. */
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
    const others = items.filter((other) => !isOf(other, item.about));
    return { items: [...others.slice(-3), item] };
  });
  const grave = item.tone === 'problem' || item.tone === 'caution';
  const stays = grave ? STAY_IF_GRAVE_MS : item.action ? STAY_WITH_ACTION_MS : STAY_MS;
  setTimeout(() => dismiss(item.id), stays);
}

export const dismiss = (id: number): void =>
  useToasts.setState(({ items }) => ({ items: items.filter((item) => item.id !== id) }));

/** Whether a word on this thing is on the screen. */
export const isShown = (about: string): boolean =>
  useToasts.getState().items.some((item) => item.about === about);
