import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as rooms from '@/api/rooms';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SkeletonRows, Trouble } from '@/ui/States';
import { elapsed } from './elapsed';
import { goOn, type Played, REST } from './playing';
import { RecordedTrack } from './RecordedTrack';
import styles from './recordings.module.css';

interface Props {
  roomId: string;
  recordingId: string;
  onClose: () => void;
}

const TICK_MS = 250;

/** All that was recorded of everybody, on one clock. */
export function RecordingPlayer({ roomId, recordingId, onClose }: Props) {
  const { t } = useTranslation('room');
  const found = useQuery({
    queryKey: ['recording', recordingId],
    queryFn: ({ signal }) => rooms.recording(roomId, recordingId, signal),
  });
  return (
    <Dialog wide title={t('recordings.title')} onClose={onClose}>
      {found.data && <Tracks recording={found.data} />}
      {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <SkeletonRows rows={4} />}
    </Dialog>
  );
}

function Tracks({ recording }: { recording: rooms.Recording }) {
  const { t } = useTranslation('room');
  const [ready, setReady] = useState<ReadonlySet<number>>(new Set());
  const [played, setPlayed] = useState<Played>(REST);
  const { tracks, seconds } = recording;
  const loading = tracks.some(({ track }) => !ready.has(track));
  useEffect(() => {
    if (!played.playing) return;
    const timer = setInterval(() => setPlayed((now) => goOn(now, performance.now(), seconds)), TICK_MS);
    return () => clearInterval(timer);
  }, [played.playing, seconds]);
  const shown = tracks.toSorted((a, b) => Number(a.kind !== 'video') - Number(b.kind !== 'video'));
  if (tracks.length === 0) return <p>{t('recordings.nothing')}</p>;
  const flip = () =>
    setPlayed((now) => ({
      playing: !now.playing,
      at: now.at >= seconds ? 0 : now.at,
      told: performance.now(),
    }));
  const sit = (track: number) => setReady((now) => new Set(now).add(track));
  return (
    <div className={styles.player} data-testid="player" data-playing={played.playing}>
      {!recording.complete && <p className={styles.cut}>{t('recordings.cut')}</p>}
      <ul className={styles.tiles}>
        {shown.map((track) => (
          <RecordedTrack key={track.track} track={track} played={played} onReady={() => sit(track.track)} />
        ))}
      </ul>
      <div className={styles.clock}>
        <Button tone="next" busy={loading} onClick={flip} data-first>
          {t(played.playing ? 'recordings.pause' : 'recordings.start')}
        </Button>
        <input
          type="range"
          min={0}
          max={seconds}
          step={0.1}
          value={played.at}
          disabled={loading}
          aria-label={t('recordings.place')}
          onChange={(event) => {
            const at = event.currentTarget.valueAsNumber;
            setPlayed((now) => ({ ...now, at, told: performance.now() }));
          }}
        />
        <span className={cx(styles.length)}>
          {elapsed(played.at * 1000)} / {elapsed(seconds * 1000)}
        </span>
      </div>
    </div>
  );
}
