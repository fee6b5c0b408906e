import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DeviceLists, listDevices, listenToLevel, type MediaClient, onDevices } from '@/live/rtc';
import { SelectField } from '@/ui/Field';
import { useDevicePrefs } from './devicePrefs';
import styles from './room.module.css';
import { useMediaState } from './useMedia';

const NONE: DeviceLists = { camera: [], mic: [], speaker: [] };

/** Known at once: a field that came with the list of devices would push the button below it away under the hand. */
const CHOOSES_SPEAKER = 'setSinkId' in HTMLMediaElement.prototype;

/** The devices of this machine, by name; known only after one has been allowed. */
export function useDevices(again: unknown): DeviceLists {
  const [lists, setLists] = useState(NONE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: names are told once a device has been opened
  useEffect(() => {
    const look = () => void listDevices().then(setLists, () => undefined);
    look();
    return onDevices(look);
  }, [again]);
  return lists;
}

/** Camera, microphone and loudspeaker, each with what there is. */
export function DeviceFields({ client }: { client: MediaClient }) {
  const { t } = useTranslation('room');
  const prefs = useDevicePrefs();
  const own = useMediaState(client, (state) => state.own);
  const lists = useDevices(own);
  const choose = (label: 'camera' | 'mic') => (event: React.ChangeEvent<HTMLSelectElement>) => {
    const id = event.target.value || null;
    prefs.set({ [label]: id });
    void client.choose(label, id);
  };
  return (
    <div className={styles.fields}>
      {(['mic', 'camera'] as const).map((label) => (
        <SelectField
          key={label}
          label={t(`devices.${label}`)}
          value={prefs[label] ?? ''}
          onChange={choose(label)}
          problem={own[label].why && t(`device.${label}.${own[label].why}`)}
        >
          <option value="">{t('devices.usual')}</option>
          {lists[label].map(({ id, name }) => (
            <option key={id} value={id}>
              {name || t('devices.nameless')}
            </option>
          ))}
        </SelectField>
      ))}
      <Level track={own.mic.state === 'on' ? own.mic.track : null} />
      {(CHOOSES_SPEAKER || lists.speaker.length > 0) && (
        <SelectField
          label={t('devices.speaker')}
          value={prefs.speaker ?? ''}
          onChange={(event) => prefs.set({ speaker: event.target.value || null })}
        >
          <option value="">{t('devices.usual')}</option>
          {lists.speaker.map(({ id, name }) => (
            <option key={id} value={id}>
              {name || t('devices.nameless')}
            </option>
          ))}
        </SelectField>
      )}
    </div>
  );
}

/** A bar that moves with one's own voice: proof that the right microphone is open. */
function Level({ track }: { track: MediaStreamTrack | null }) {
  const { t } = useTranslation('room');
  const [level, setLevel] = useState(0);
  useEffect(() => {
    if (!track) return setLevel(0);
    return listenToLevel(track, setLevel);
  }, [track]);
  return (
    <div className={styles.field}>
      <span>{t('devices.level')}</span>
      <meter className={styles.level} value={level} min={0} max={1} aria-label={t('devices.level')} />
    </div>
  );
}
