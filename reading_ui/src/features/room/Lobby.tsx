import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomView } from '@/api/rooms';
import type { MediaClient } from '@/live/rtc';
import { Button } from '@/ui/Button';
import { ageOf, useSexWord } from '@/ui/person';
import { BarItem } from './BarItem';
import { ModeChoice } from './DeviceDialog';
import { DeviceFields } from './DeviceFields';
import { useDevicePrefs } from './devicePrefs';
import styles from './door.module.css';
import { useMediaState } from './useMedia';
import { Video } from './Video';

interface Props {
  room: RoomView;
  client: MediaClient;
  busy: boolean;
  /** A recording runs: who enters agrees to it. */
  recorded: boolean;
  onEnter: () => void;
}

/** Before the door: how one looks and sounds, who is inside, and the one button. */
export function Lobby({ room, client, busy, recorded, onEnter }: Props) {
  const { t } = useTranslation('room');
  const own = useMediaState(client, (state) => state.own);
  const mode = useMediaState(client, (state) => state.mode);
  const prefs = useDevicePrefs();
  useOwnDevices(client);
  const sexWord = useSexWord();
  const age = ageOf(room.patient?.age);
  const stream = own.camera.track;
  // Whom a host has to let in is not promised that they go in.
  const knocks = room.my_role === 'guest' && !recorded;
  const inside = room.seats.filter((seat) => seat.state === 'in');
  const flip = (label: 'mic' | 'camera') => {
    const on = own[label].state !== 'on';
    prefs.set(label === 'mic' ? { micOn: on } : { cameraOn: on });
    void client.switch(label, on);
  };
  return (
    <div className={styles.door} data-testid="lobby">
      <section className={styles.preview}>
        {stream ? (
          <Preview track={stream} label={t('lobby.preview')} />
        ) : (
          <p className={styles.dark}>
            {own.camera.why ? t(`device.camera.${own.camera.why}`) : t('lobby.cameraOff')}
          </p>
        )}
        <div className={styles.switches}>
          {(['mic', 'camera'] as const).map((label) => (
            <BarItem
              key={label}
              icon={own[label].state === 'on' ? label : `${label}Off`}
              word={t(`${label}.${own[label].state === 'on' ? 'on' : 'off'}`)}
              pressed={own[label].state === 'on'}
              alarm={own[label].state === 'blocked'}
              busy={own[label].state === 'starting'}
              disabled={mode === 'images' || (mode === 'audio' && label === 'camera')}
              onPress={() => flip(label)}
            />
          ))}
        </div>
      </section>
      <section className={styles.side}>
        <h1>{[t(`kind.${room.kind}`), room.title].join(' ')}</h1>
        {room.patient && (
          <p>
            <b>{room.patient.name}</b>{' '}
            {[sexWord(room.patient.sex), age && t(`ui:age.${age.unit}`, { n: age.n })]
              .filter(Boolean)
              .join(' ')}
            {' · '}
            {[room.patient.patient_id, room.studies[0]?.site_name].filter(Boolean).join('@')}
          </p>
        )}
        {room.question && <p className={styles.dim}>{room.question}</p>}
        <p className={styles.dim}>
          {inside.length > 0
            ? t('lobby.inside', { names: inside.map((seat) => seat.name).join('、') })
            : t('lobby.nobody')}
        </p>
        <ModeChoice client={client} onMode={client.plan} />
        {mode !== 'images' && <DeviceFields client={client} />}
        {recorded && (
          <p className={styles.consent} data-testid="recorded">
            {t('lobby.recorded')}
          </p>
        )}
        <Button tone="next" busy={busy} onClick={onEnter} data-testid="enter" autoFocus>
          {t(knocks ? 'lobby.knock' : recorded ? 'lobby.enterRecorded' : 'lobby.enter')}
        </Button>
        <a href="/call-test" target="_blank" rel="noreferrer">
          {t('devices.test')}
        </a>
      </section>
    </div>
  );
}

const streams = new WeakMap<MediaStreamTrack, MediaStream>();

function Preview({ track, label }: { track: MediaStreamTrack; label: string }) {
  const stream = streams.get(track) ?? new MediaStream([track]);
  streams.set(track, stream);
  return <Video stream={stream} label={label} className={styles.video} mirrored />;
}

/** Opens what was open the last time, as far as the chosen way of taking part needs it. */
export function useOwnDevices(client: MediaClient): void {
  const mode = useMediaState(client, (state) => state.mode);
  useEffect(() => {
    const { cameraOn, micOn, camera, mic } = useDevicePrefs.getState();
    void client.choose('camera', camera);
    void client.choose('mic', mic);
    void client.switch('camera', mode === 'video' && cameraOn);
    void client.switch('mic', mode !== 'images' && micOn);
  }, [client, mode]);
}
