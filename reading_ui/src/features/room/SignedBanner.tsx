import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type RoomView, roomKey } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { useLiveSubject } from '@/live';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import styles from './room.module.css';

/** The opinion has just been signed: everybody in the room is told, and one press shows it. */
export function SignedBanner({ room, onShow }: { room: RoomView; onShow: () => void }) {
  const { t } = useTranslation('room');
  const before = useRef(room.signed_at);
  const [seen, setSeen] = useState(false);
  useLiveSubject('consultation', room.kind === 'consultation' ? room.subject_id : null, undefined, [
    roomKey(room.id),
  ]);
  if (seen || room.signed_at === null || room.signed_at === before.current) return null;
  return (
    <div className={cx(styles.banner, styles['tone-green'])} role="status" data-testid="signed">
      <Icon name="check" size={15} />
      <span>{t('signed')}</span>
      <Button
        onClick={() => {
          setSeen(true);
          onShow();
        }}
      >
        {t('signedShow')}
      </Button>
    </div>
  );
}
