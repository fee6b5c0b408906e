import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Language = 'zh-CN' | 'en';
export type Mood = 'dark' | 'light';
export type Density = 'dense' | 'roomy';

interface Prefs {
  language: Language;
  /** Choice for desks, cases and administration; reading rooms are always dark. */
  mood: Mood;
  density: Density;
  hiddenColumns: string[];
  set(change: Partial<Pick<Prefs, 'language' | 'mood' | 'density' | 'hiddenColumns'>>): void;
}

const spoken = (): Language =>
  typeof navigator !== 'undefined' && navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh-CN';

/** What this browser remembers of a person's taste. Nothing of a patient is ever kept here. */
export const usePrefs = create<Prefs>()(
  persist(
    (set) => ({
      language: spoken(),
      mood: 'dark',
      density: 'dense',
      hiddenColumns: [],
      set: (change) => set(change),
    }),
    { name: 'teleconsult.prefs' },
  ),
);
