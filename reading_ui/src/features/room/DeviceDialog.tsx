import { useTranslation } from 'react-i18next';
import type { MediaClient, Mode } from '@/live/rtc';
import { Dialog } from '@/ui/Dialog';
import { Segments } from '@/ui/Segments';
import { DeviceFields } from './DeviceFields';
import { useDevicePrefs } from './devicePrefs';
import styles from './room.module.css';
import { useMediaState } from './useMedia';

const MODES: readonly Mode[] = ['video', 'audio', 'images'];

/** Devices, and how much of the call one takes part in. */
export function DeviceDialog({ client, onClose }: { client: MediaClient; onClose: () => void }) {
  const { t } = useTranslation('room');
  return (
    <Dialog title={t('devices.title')} onClose={onClose}>
      <div className={styles.fields}>
        <ModeChoice client={client} onMode={client.enter} />
        <DeviceFields client={client} />
        <a href="/call-test" target="_blank" rel="noreferrer">
          {t('devices.test')}
        </a>
      </div>
    </Dialog>
  );
}

export function ModeChoice({ client, onMode }: { client: MediaClient; onMode: (mode: Mode) => void }) {
  const { t } = useTranslation('room');
  const mode = useMediaState(client, (state) => state.mode);
  const prefs = useDevicePrefs();
  return (
    <div className={styles.field}>
      <span>{t('mode.label')}</span>
      <Segments
        answer
        label={t('mode.label')}
        segments={MODES.map((key) => ({ key, label: t(`mode.${key}`) }))}
        chosen={mode}
        onChoose={(key) => {
          prefs.set({ mode: key });
          onMode(key);
        }}
      />
    </div>
  );
}
