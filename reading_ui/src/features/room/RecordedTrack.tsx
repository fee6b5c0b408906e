import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as rooms from '@/api/rooms';
import { Icon } from '@/ui/icons';
import { RoomIcon } from './icons';
import { type Played, steer } from './playing';
import styles from './recordings.module.css';

interface Props {
  track: rooms.RecordedTrack;
  played: Played;
  /** It can be played by now, or never will. */
  onReady: () => void;
}

/**
 * One camera, screen or microphone. Its own time is that of the recording, so that it is only told to play, to wait or
 * where to jump. It is fetched as a whole: what is encrypted piece by piece can't be fetched from its middle.
 */
export function RecordedTrack({ track, played, onReady }: Props) {
  const { t } = useTranslation('room');
  const box = useRef<HTMLVideoElement>(null);
  const [address, setAddress] = useState<string | null>(null);
  const [lost, setLost] = useState(false);
  const tell = useRef(onReady);
  tell.current = onReady;
  useEffect(() => {
    const gone = new AbortController();
    let made = '';
    rooms
      .recordedBytes(track.url, gone.signal)
      .then((bytes) => {
        made = URL.createObjectURL(bytes);
        setAddress(made);
      })
      .catch(() => {
        if (gone.signal.aborted) return;
        setLost(true);
        tell.current();
      });
    return () => {
      gone.abort();
      if (made) URL.revokeObjectURL(made);
    };
  }, [track.url]);
  useEffect(() => {
    const media = box.current;
    if (!media || !address) return;
    const { play, jump } = steer(played, track.at, media.currentTime);
    if (jump !== null && !media.seeking) media.currentTime = jump;
    if (play && media.paused && !media.ended) media.play().catch(() => undefined);
    else if (!play && !media.paused) media.pause();
  }, [played, address, track.at]);
  const failed = () => {
    setLost(true);
    onReady();
  };
  const words = [track.name, track.site].filter(Boolean).join(' · ');
  return (
    <li className={track.kind === 'video' ? styles.tile : styles.voice} data-track={track.label}>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has written down what was said */}
      <video
        ref={box}
        src={address ?? undefined}
        className={styles.picture}
        hidden={track.kind !== 'video'}
        playsInline
        onLoadedData={onReady}
        onError={address ? failed : undefined}
      />
      <span className={styles.foot}>
        {lost ? <Icon name="alarm" size={12} /> : <RoomIcon name={iconOf(track.label)} size={12} />}
        <b>{words}</b>
        {lost && t('recordings.lost')}
      </span>
    </li>
  );
}

const iconOf = (label: string) => (label === 'mic' || label === 'screen' ? label : 'camera');
