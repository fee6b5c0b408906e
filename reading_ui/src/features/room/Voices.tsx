import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MediaClient } from '@/live/rtc';
import { Button } from '@/ui/Button';
import styles from './room.module.css';
import { useMediaState } from './useMedia';

/** Everybody's voice. A browser that lets no page speak before it was touched is told to, by one button. */
export function Voices({ client, speaker }: { client: MediaClient; speaker: string | null }) {
  const { t } = useTranslation('room');
  useMediaState(client, (state) => state.streams);
  const tiles = useMediaState(client, (state) => state.tiles);
  const [silenced, setSilenced] = useState(false);
  const mids = [...new Set(tiles.flatMap(({ audio }) => (audio === null ? [] : [audio])))].toSorted();
  return (
    <>
      {mids.map((mid) => (
        <Voice
          key={mid}
          stream={client.stream(mid)}
          speaker={speaker}
          onSilenced={() => setSilenced(true)}
          again={!silenced}
        />
      ))}
      {silenced && (
        <div className={styles.banner} role="status">
          <span>{t('silenced')}</span>
          <Button tone="next" onClick={() => setSilenced(false)}>
            {t('unsilence')}
          </Button>
        </div>
      )}
    </>
  );
}

interface VoiceProps {
  stream: MediaStream | null;
  speaker: string | null;
  again: boolean;
  onSilenced: () => void;
}

function Voice({ stream, speaker, again, onSilenced }: VoiceProps) {
  const box = useRef<HTMLAudioElement>(null);
  const tell = useRef(onSilenced);
  tell.current = onSilenced;
  useEffect(() => {
    const audio = box.current;
    if (!audio) return;
    audio.srcObject = stream;
    if (stream && again)
      audio.play().catch((error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError') tell.current();
      });
    return () => {
      audio.srcObject = null;
    };
  }, [stream, again]);
  useEffect(() => {
    const audio = box.current;
    if (audio && 'setSinkId' in audio) void audio.setSinkId(speaker ?? '').catch(() => undefined);
  }, [speaker]);
  // biome-ignore lint/a11y/useMediaCaption: live voices of a conversation have no captions
  return <audio ref={box} autoPlay />;
}
