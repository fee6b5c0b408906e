import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import type { Band } from '@/lib/time';
import styles from './Band.module.css';
import { Icon, type IconName } from './icons';

const icons: Record<Band, IconName> = { red: 'alarm', yellow: 'clock', blue: 'dot', grey: 'pause' };

/** The colour band: never a colour alone, always an icon and a word (at least for the screen reader). */
export function BandMark({ band, icon, word }: { band: Band; icon?: IconName; word?: string }) {
  const { t } = useTranslation('ui');
  const said = word ?? t(`band.${band}`);
  return (
    <span className={cx(styles.mark, styles[band])} title={said}>
      <Icon name={icon ?? icons[band]} size={14} filled={!icon && band === 'blue'} />
      <span className="sr-only">{said}</span>
    </span>
  );
}

/** A word in a coloured box: states. `accent` is what the reader waits for; `strong` and `plain` weigh without colour. */
export function Tag({
  band,
  icon,
  children,
  title,
}: {
  band: Band | 'accent' | 'strong' | 'plain';
  icon?: IconName;
  children: string;
  title?: string;
}) {
  return (
    <span className={cx(styles.tag, styles[band])} title={title}>
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}
