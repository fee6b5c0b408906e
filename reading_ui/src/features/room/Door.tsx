import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { type RoomDoor, type RoomView, reopenRoom } from '@/api/rooms';
import { useNow } from '@/lib/now';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import { Icon, type IconName } from '@/ui/icons';
import styles from './door.module.css';
import { elapsed } from './elapsed';
import { Recordings } from './Recordings';
import { Unsaid } from './Unsaid';
import { useRoomAct } from './useRoom';

/** Whatever stands before the room instead of it: what it is, and what comes next. */
function Notice({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  const { t } = useTranslation('room');
  return (
    <div className={styles.notice} role="status" data-testid="door">
      <Icon name={icon} size={30} />
      <h1>{title}</h1>
      {children}
      <Link to="/">{t('door.home')}</Link>
    </div>
  );
}

/** Which consultation or meeting it is, as its own page and the lists call it. */
function Name({ room }: { room: RoomView }) {
  const { t } = useTranslation('room');
  return <p>{room.kind === 'meeting' ? room.title : `${t(`kind.${room.kind}`)} ${room.title}`}</p>;
}

export function Early({ room, due }: { room: RoomView; due: number }) {
  const { t } = useTranslation('room');
  const now = useNow();
  return (
    <Notice icon="clock" title={t('door.early')}>
      <Name room={room} />
      <p>{t('door.opensAt', { at: fullTime(room.opens_at).slice(0, 16) })}</p>
      <p className={styles.count}>{elapsed(Math.ceil((due - now) / 1000) * 1000)}</p>
      <p className={styles.dim}>{t('door.earlyHint')}</p>
      <a href="/call-test" target="_blank" rel="noreferrer">
        {t('devices.test')}
      </a>
      <BackToSubject room={room} />
    </Notice>
  );
}

export function Waiting({ room, onLeave }: { room: RoomView | undefined; onLeave: () => void }) {
  const { t } = useTranslation('room');
  const host = room?.seats.find((seat) => seat.role === 'host' && seat.state === 'in');
  if (room?.seats.some((seat) => seat.id === room.my_seat_id && seat.held)) {
    return (
      <Notice icon="clock" title={t('door.held')}>
        <Name room={room} />
        <p className={styles.dim}>{t('door.heldHint')}</p>
        <Button onClick={onLeave}>{t('door.goAway')}</Button>
      </Notice>
    );
  }
  return (
    <Notice icon="person" title={t('door.waiting')}>
      {room && <Name room={room} />}
      <p className={styles.dim}>{host ? t('door.hostIsIn', { name: host.name }) : t('door.noHost')}</p>
      <Button onClick={onLeave}>{t('door.goAway')}</Button>
    </Notice>
  );
}

/** `door`: whether what the room is for goes on, and whether one may open it again. */
export function Closed({ room, door }: { room: RoomView; door: RoomDoor | undefined }) {
  const { t } = useTranslation('room');
  const act = useRoomAct(room.id);
  const [busy, setBusy] = useState(false);
  const reopen = async () => {
    setBusy(true);
    await act(() => reopenRoom(room.id));
    setBusy(false);
  };
  return (
    <Notice icon="check" title={t('door.closed')}>
      <Name room={room} />
      {door?.goes_on && (
        <p className={styles.dim}>
          {t(door.reopens ? 'door.reopenHint' : 'door.goesOn', { what: t(`goesOn.${room.kind}`) })}
        </p>
      )}
      {door?.reopens && (
        <Button tone="next" busy={busy} onClick={() => void reopen()}>
          {t('door.reopen')}
        </Button>
      )}
      <Unsaid roomId={room.id} />
      {room.recordings.length > 0 && (
        <section>
          <h2 className={styles.dim}>{t('recordings.kept', { n: room.recordings.length })}</h2>
          <Recordings room={room} />
        </section>
      )}
      <BackToSubject room={room} />
      {room.case_id && <Link to={`/cases/${room.case_id}`}>{t('door.toCase')}</Link>}
    </Notice>
  );
}

/** To what the room was about: the opinion is read and answered there. */
function BackToSubject({ room }: { room: Pick<RoomView, 'kind' | 'subject_id'> }) {
  const { t } = useTranslation('room');
  const meeting = room.kind === 'meeting';
  return (
    <Link to={`/${meeting ? 'meetings' : 'consultations'}/${room.subject_id}`}>
      {t(meeting ? 'door.toMeeting' : 'door.toConsultation')}
    </Link>
  );
}

export function Left({ room, onBack }: { room: RoomView; onBack: () => void }) {
  const { t } = useTranslation('room');
  return (
    <Notice icon="check" title={t('door.left')}>
      <Name room={room} />
      <Button tone="next" onClick={onBack}>
        {t('door.back')}
      </Button>
      <BackToSubject room={room} />
    </Notice>
  );
}

export function Refused({ code }: { code: string }) {
  const { t } = useTranslation('room');
  return (
    <Notice icon="lock" title={t(code === 'room.removed' ? 'door.removed' : 'door.refused')}>
      <p className={styles.dim}>{t(code === 'room.removed' ? 'door.removedHint' : 'door.refusedHint')}</p>
    </Notice>
  );
}
