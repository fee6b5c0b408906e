import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomView } from '@/api/rooms';
import { fullTime } from '@/lib/time';
import { Icon } from '@/ui/icons';
import { elapsed } from './elapsed';
import { RecordingPlayer } from './RecordingPlayer';
import styles from './recordings.module.css';

/** What was recorded here, to be played by whoever may: a list, and the player in a window of its own. */
export function Recordings({ room }: { room: RoomView }) {
  const { t } = useTranslation('room');
  const [open, setOpen] = useState<string | null>(null);
  return (
    <>
      <ul className={styles.list} data-testid="recordings">
        {room.recordings.map((kept) => (
          <li key={kept.id}>
            <button
              type="button"
              className={styles.kept}
              aria-label={t('recordings.play', { at: fullTime(kept.started_at) })}
              onClick={() => setOpen(kept.id)}
            >
              <Icon name="right" size={14} />
              <span>{fullTime(kept.started_at)}</span>
              <span className={styles.length}>{elapsed(kept.seconds * 1000)}</span>
            </button>
          </li>
        ))}
      </ul>
      {open && <RecordingPlayer roomId={room.id} recordingId={open} onClose={() => setOpen(null)} />}
    </>
  );
}
