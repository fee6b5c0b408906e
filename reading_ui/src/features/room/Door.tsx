import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { RoomView } from '@/api/rooms';
import { useNow } from '@/lib/now';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import { Icon, type IconName } from '@/ui/icons';
import styles from './door.module.css';
import { elapsed } from './elapsed';
import { Recordings } from './Recordings';
import { Unsaid } from './Unsaid';

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

export function Early({ room }: { room: RoomView }) {
  const { t } = useTranslation('room');
  const now = useNow();
  return (
    <Notice icon="clock" title={t('door.early')}>
      <Name room={room} />
      <p>{t('door.opensAt', { at: fullTime(room.opens_at).slice(0, 16) })}</p>
      <p className={styles.count}>{elapsed(Date.parse(room.opens_at) - now)}</p>
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

export function Closed({ room }: { room: RoomView }) {
  const { t } = useTranslation('room');
  return (
    <Notice icon="check" title={t('door.closed')}>
      <Name room={room} />
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
      <p className={styles.dim}>{t('door.refusedHint')}</p>
    </Notice>
  );
}
