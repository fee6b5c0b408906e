import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { type Language, usePrefs } from './prefs';

type Words = Record<string, unknown>;

/** One chunk per language; a namespace is the folder that holds `i18n/<language>.json`. */
const languages: Record<Language, () => Promise<{ words: Record<string, Words> }>> = {
  'zh-CN': () => import('./words.zh-CN'),
  en: () => import('./words.en'),
};

async function load(language: Language): Promise<void> {
  const { words } = await languages[language]();
  for (const [namespace, entries] of Object.entries(words)) {
    i18next.addResourceBundle(language, namespace, entries, true, true);
  }
}

/** Call once before the first render: no screen ever shows a bare key while words are on their way. */
export async function startWords(): Promise<void> {
  const { language } = usePrefs.getState();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    ns: [],
    defaultNS: 'ui',
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
    react: { useSuspense: false },
  });
  await load(language);
  document.documentElement.lang = language;
}

/** Loads the other language's words, then switches every screen at once and remembers the choice. */
export async function speak(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  usePrefs.getState().set({ language });
}

/** For code outside components (toasts raised by mutations). Inside components use `useTranslation`. */
export const say = (key: string, params: Record<string, unknown> = {}): string => i18next.t(key, params);
