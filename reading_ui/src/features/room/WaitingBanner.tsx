import { useTranslation } from 'react-i18next';
import type { RoomSeat } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import styles from './room.module.css';

/** Somebody knocks: the host sees who, and opens. */
export function WaitingBanner({
  seats,
  onLetIn,
}: {
  seats: readonly RoomSeat[];
  onLetIn: (id: string) => void;
}) {
  const { t } = useTranslation('room');
  return (
    <div className={cx(styles.banner, styles['tone-blue'])} role="alert" data-testid="knocking">
      <Icon name="person" size={15} />
      <span>{t('members.waiting', { n: seats.length })}</span>
      {seats.slice(0, 3).map((seat) => (
        <Button key={seat.id} onClick={() => onLetIn(seat.id)}>
          {t('members.letInName', { name: seat.name, site: seat.site?.name ?? '' })}
        </Button>
      ))}
    </div>
  );
}
