import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomView } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import { consentOf, standingOf } from './people';
import styles from './room.module.css';

/** Somebody said no: all are told that nothing is recorded, the host also by whom. */
export function RecordingNotice({ room }: { room: RoomView }) {
  const { t } = useTranslation('room');
  const { refused } = consentOf(room);
  const about = refused.join(t('record.and'));
  const [read, setRead] = useState('');
  if (room.recording.state !== 'off' || refused.length === 0 || read === about) return null;
  const { host } = standingOf(room);
  return (
    <div className={cx(styles.banner, styles['tone-yellow'])} role="status" data-testid="not-recorded">
      <Icon name="alarm" size={15} />
      <span>{host ? t('record.refusedBy', { names: about }) : t('record.refused')}</span>
      <Button onClick={() => setRead(about)}>{t('record.understood')}</Button>
    </div>
  );
}
