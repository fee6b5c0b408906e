import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button';
import { Icon } from './icons';
import { Kbd } from './Kbd';
import styles from './SearchBox.module.css';

interface Props {
  box?: RefObject<HTMLInputElement | null>;
  value: string;
  onValue: (value: string) => void;
  placeholder: string;
}

/** A search field that tells its key; Esc empties it, then leaves it. */
export function SearchBox({ box, value, onValue, placeholder }: Props) {
  const { t } = useTranslation('ui');
  return (
    <search className={styles.box}>
      <Icon name="search" size={14} />
      <input
        ref={box}
        type="search"
        value={value}
        placeholder={placeholder}
        aria-label={placeholder}
        onChange={(event) => onValue(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
          event.preventDefault();
          if (value) onValue('');
          else event.currentTarget.blur();
        }}
      />
      {value ? (
        <Button tone="bare" icon="close" aria-label={t('close')} onClick={() => onValue('')} />
      ) : (
        box && <Kbd keys="/" />
      )}
    </search>
  );
}
