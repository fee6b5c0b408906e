import { cx } from '@/lib/cx';
import styles from './bar.module.css';
import { RoomIcon, type RoomIconName } from './icons';

interface Props {
  icon: RoomIconName;
  word: string;
  keys?: string;
  pressed?: boolean;
  /** Something is wrong with it: the hint says what. */
  alarm?: boolean;
  hint?: string;
  busy?: boolean;
  disabled?: boolean;
  onPress: () => void;
}

/** A control of the bar below the pictures: icon over word, the key in the hint. */
export function BarItem({
  icon,
  word,
  keys,
  pressed,
  alarm = false,
  hint,
  busy = false,
  disabled = false,
  onPress,
}: Props) {
  const title = [hint ?? word, keys && `（${keys.replace('ctrl', 'Ctrl')}）`].filter(Boolean).join('');
  return (
    <button
      type="button"
      className={cx(styles.item, pressed && styles.pressed, alarm && styles.alarm)}
      aria-pressed={pressed}
      aria-busy={busy || undefined}
      disabled={disabled}
      title={title}
      onClick={(event) => {
        onPress();
        // The keyboard goes on steering the pictures, not the button that was pressed last.
        if (event.detail > 0) event.currentTarget.blur();
      }}
    >
      <RoomIcon name={icon} />
      <span>{word}</span>
    </button>
  );
}
