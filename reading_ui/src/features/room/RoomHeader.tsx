import { useTranslation } from 'react-i18next';
import type { RoomView } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { useNow } from '@/lib/now';
import type { MediaClient } from '@/live/rtc';
import { Button } from '@/ui/Button';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { elapsed } from './elapsed';
import { RoomIcon } from './icons';
import { consentOf, standingOf } from './people';
import styles from './room.module.css';
import { useMediaState } from './useMedia';

interface Props {
  room: RoomView;
  client: MediaClient;
  /** The study on this screen: the strip is of its patient. */
  studyId: string | null;
  onRecord: (on: boolean) => void;
  /** Takes one's own consent back, which ends the recording. */
  onRefuse: () => void;
  onHelp: () => void;
  onLeave: () => void;
}

/** Whom it is about, how long it has lasted, whether it is recorded, how the line holds, the way out. */
export function RoomHeader({ room, client, studyId, onRecord, onRefuse, onHelp, onLeave }: Props) {
  const { t } = useTranslation('room');
  const { host } = standingOf(room);
  const rest = (
    <>
      <span className={styles.title} title={room.title}>
        {room.kind === 'meeting'
          ? room.title
          : [t('kind.consultation'), room.number && `#${room.number}`].filter(Boolean).join(' ')}
      </span>
      <Clock since={room.opened_at} />
      <Recording room={room} host={host} onRecord={onRecord} onRefuse={onRefuse} />
      <Network client={client} />
      <Button tone="bare" icon="help" aria-label={t('help')} title={t('help')} onClick={onHelp} />
      <Button tone="danger" className={styles.wayOut} onClick={onLeave} data-testid="leave">
        {t('leave')}
      </Button>
    </>
  );
  const study = room.studies.find(({ study_id: id }) => id === studyId);
  const none = room.kind === 'meeting' && !room.patient && (
    <b className={styles.nobody} data-testid="none-presented">
      {t(studyId ? 'notPresented' : 'noCase')}
    </b>
  );
  const patient = study?.patient ?? room.patient;
  if (!patient) {
    return (
      <header className={styles.plainHeader}>
        {none}
        <span className={styles.rest}>{rest}</span>
      </header>
    );
  }
  return (
    <IdentityStrip
      patient={patient}
      siteName={study?.site_name ?? ''}
      studyAt={study?.study_at ?? null}
      modalities={study?.modalities ?? []}
      description={study?.description ?? ''}
    >
      {none}
      {rest}
    </IdentityStrip>
  );
}

function Clock({ since }: { since: string | null }) {
  const { t } = useTranslation('room');
  const now = useNow();
  if (!since) return null;
  return (
    <span role="timer" aria-label={t('clock')} title={t('clock')} className={styles.clock}>
      {elapsed(now - Date.parse(since))}
    </span>
  );
}

type RecordingProps = Pick<Props, 'room' | 'onRecord' | 'onRefuse'> & { host: boolean };

function Recording({ room, host, onRecord, onRefuse }: RecordingProps) {
  const { t } = useTranslation('room');
  const { agreed, open, here } = consentOf(room);
  const { state } = room.recording;
  if (state === 'off') {
    return host ? (
      <Button tone="bare" title={t('record.why')} onClick={() => onRecord(true)} data-testid="record">
        <span className={styles.withIcon}>
          <RoomIcon name="record" size={15} /> {t('record.start')}
        </span>
      </Button>
    ) : null;
  }
  return (
    <span
      className={cx(styles.recording, state === 'on' && styles.recordingOn)}
      role="status"
      data-testid="recording"
      title={open.length > 0 ? t('record.open', { names: open.join(t('record.and')) }) : undefined}
    >
      {t(`record.${state}`, { agreed, here })}
      {state === 'on' && !host && (
        <Button tone="bare" title={t('record.withdrawWhy')} onClick={onRefuse}>
          {t('record.withdraw')}
        </Button>
      )}
      {host && (
        <Button tone="bare" onClick={() => onRecord(false)}>
          {t('record.stop')}
        </Button>
      )}
    </span>
  );
}

function Network({ client }: { client: MediaClient }) {
  const { t } = useTranslation('room');
  const phase = useMediaState(client, (state) => state.phase);
  const mode = useMediaState(client, (state) => state.mode);
  const quality = useMediaState(client, (state) => state.quality);
  const none = useMediaState(client, (state) => state.why === 'off');
  const word =
    mode === 'images'
      ? t('network.images')
      : phase === 'live'
        ? t(`quality.${quality ?? 'good'}`)
        : t(none || phase === 'ended' || phase === 'off' ? 'network.off' : 'network.joining');
  const tone = phase !== 'live' ? 'fair' : (quality ?? 'good');
  return (
    <span className={cx(styles.network, styles[tone])} data-testid="network" data-phase={phase}>
      {word}
    </span>
  );
}
