import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type RoomView, roomKey } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { useLiveSubject } from '@/live';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import styles from './room.module.css';

/** What has been signed while one sits here, as long as it has not been looked at. What was signed before is no news. */
export const newlySigned = (signed: RoomView['signed'], known: string | null): RoomView['signed'] =>
  signed && (known === null || Date.parse(signed.at) > Date.parse(known)) ? signed : null;

interface Props {
  room: RoomView;
  /** Brings it up; in a meeting, that of this case. */
  onShow: (item: string | null) => void;
}

/** The opinion or a conclusion has just been signed: everybody in the room who may see it is told, and one press shows it. */
export function SignedBanner({ room, onShow }: Props) {
  const { t } = useTranslation('room');
  const [known, setKnown] = useState(room.signed?.at ?? null);
  useLiveSubject(room.kind, room.subject_id, undefined, [roomKey(room.id)]);
  const signed = newlySigned(room.signed, known);
  if (!signed) return null;
  const words = { name: signed.patient?.name ?? '' };
  return (
    <div className={cx(styles.banner, styles['tone-green'])} role="status" data-testid="signed">
      <Icon name="check" size={15} />
      <span>{t(`signed.${signed.kind}`, words)}</span>
      <Button
        onClick={() => {
          setKnown(signed.at);
          onShow(signed.item_id);
        }}
      >
        {t(`signedShow.${signed.kind}`, words)}
      </Button>
    </div>
  );
}
