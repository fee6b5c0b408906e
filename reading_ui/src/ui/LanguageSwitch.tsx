import { speak } from '@/lib/i18n';
import { type Language, usePrefs } from '@/lib/prefs';
import { Segments } from './Segments';

const languages: Array<{ key: Language; label: string }> = [
  { key: 'zh-CN', label: '中文' },
  { key: 'en', label: 'English' },
];

/** Each language under its own name; the choice is remembered in this browser. */
export function LanguageSwitch({ onChosen }: { onChosen?: (language: Language) => void }) {
  const language = usePrefs((prefs) => prefs.language);
  const choose = (key: Language) => {
    void speak(key);
    onChosen?.(key);
  };
  return <Segments label="语言 / Language" segments={languages} chosen={language} onChoose={choose} />;
}
