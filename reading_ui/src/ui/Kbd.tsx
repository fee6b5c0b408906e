import { useTranslation } from 'react-i18next';
import styles from './Kbd.module.css';

const shown: Record<string, string> = {
  Escape: 'Esc',
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageDown: 'PgDn',
  PageUp: 'PgUp',
  Delete: 'Del',
  ctrl: 'Ctrl',
  shift: 'Shift',
};

/** `g w` as two keys, `ctrl+Enter` as one chord. */
export function Kbd({ keys }: { keys: string }) {
  const { t } = useTranslation('ui');
  const word = (key: string) => (key === 'Space' ? t('key.Space') : (shown[key] ?? key));
  return (
    <span className={styles.keys} aria-hidden="true">
      {keys.split(' ').map((chord) => (
        <kbd key={chord} className={styles.key}>
          {chord
            .split('+')
            .map((key) => (key.length === 1 ? key.toUpperCase() : word(key)))
            .join(' ')}
        </kbd>
      ))}
    </span>
  );
}
