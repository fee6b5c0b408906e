import { useTranslation } from 'react-i18next';
import { useWordOf } from '../referral/library';
import type { Item } from '../types';
import styles from './draft.module.css';

interface Props {
  label: string;
  items: Item[];
  ticked: string[];
  onTick: (ticked: string[]) => void;
}

/** A list to tick, in the library's own order and words. */
export function Ticks({ label, items, ticked, onTick }: Props) {
  const { t } = useTranslation('cases');
  const wordOf = useWordOf();
  const toggle = (code: string) =>
    onTick(
      items
        .map((item) => item.code)
        .filter((one) => (one === code ? !ticked.includes(one) : ticked.includes(one))),
    );
  return (
    <fieldset className={styles.ticks} aria-label={label}>
      {items.map((item) => (
        <label key={item.code}>
          <input type="checkbox" checked={ticked.includes(item.code)} onChange={() => toggle(item.code)} />
          <span>
            {wordOf(item)} {item.required && <small>{t('referral.form.required')}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
