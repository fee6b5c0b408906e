import { cx } from '@/lib/cx';
import { ToolIcon, type ToolIconName } from './icons';
import styles from './Toolbar.module.css';

interface ItemProps {
  icon: ToolIconName;
  word: string;
  keys?: string | undefined;
  pressed?: boolean;
  disabled?: boolean | undefined;
  onPress: () => void;
}

export function Item({ icon, word, keys, pressed, disabled = false, onPress }: ItemProps) {
  return (
    <button
      type="button"
      className={cx(styles.item, pressed && styles.pressed)}
      aria-pressed={pressed}
      disabled={disabled}
      title={keys ? `${word}（${keys.replace('ctrl', 'Ctrl')}）` : word}
      onClick={(event) => {
        onPress();
        // The keyboard goes on steering the pictures, not the button that was pressed last.
        if (event.detail > 0) event.currentTarget.blur();
      }}
    >
      <ToolIcon name={icon} />
      <span>{word}</span>
    </button>
  );
}
