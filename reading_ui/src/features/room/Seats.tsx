import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import type { Level, MediaClient } from '@/live/rtc';
import { Icon } from '@/ui/icons';
import { RoomIcon } from './icons';
import type { Card } from './people';
import styles from './seats.module.css';
import { useMediaState } from './useMedia';
import { Video } from './Video';

interface Props {
  cards: readonly Card[];
  client: MediaClient;
  /** Whose shared screen is to be seen large. */
  onLarge: (seat: string) => void;
  onPin: (seat: string | null) => void;
  pinned: string | null;
}

/** Who is here, as a strip above the pictures. */
export function Seats({ cards, client, onLarge, onPin, pinned }: Props) {
  const { t } = useTranslation('room');
  return (
    <ul className={styles.strip} aria-label={t('seats.label')}>
      {cards.map((card) => (
        <Seat
          key={card.seat.id}
          card={card}
          client={client}
          pinned={pinned === card.seat.id}
          onLarge={() => onLarge(card.seat.id)}
          onPin={() => onPin(pinned === card.seat.id ? null : card.seat.id)}
        />
      ))}
    </ul>
  );
}

interface SeatProps {
  card: Card;
  client: MediaClient;
  pinned: boolean;
  onLarge: () => void;
  onPin: () => void;
}

function Seat({ card, client, pinned, onLarge, onPin }: SeatProps) {
  const { t } = useTranslation('room');
  const { seat, tile, own, presenter, imagesOnly, speaking } = card;
  useMediaState(client, (state) => state.streams);
  const devices = useMediaState(client, (state) => state.own);
  const ownQuality = useMediaState(client, (state) => state.quality);
  const camera = own ? devices.camera.state === 'on' : (tile?.sends.camera ?? false);
  const mic = own ? devices.mic.state === 'on' : (tile?.sends.mic ?? false);
  const stream = own ? ownStream(devices.camera.track) : client.stream(tile?.camera ?? null);
  const quality = own ? ownQuality : (tile?.quality ?? null);
  const title = seat.title === 'none' ? '' : t(`ui:title.${seat.title}`);
  const who = [seat.name, own ? t('seats.me') : '', seat.site?.name].filter(Boolean).join(' · ');
  const body = (
    <>
      {camera && stream ? (
        <Video stream={stream} label={seat.name} className={styles.video} mirrored={own} />
      ) : (
        <span className={styles.letter} aria-hidden="true">
          {seat.name.slice(-2)}
        </span>
      )}
      <span className={styles.foot}>
        <span className={cx(styles.mic, !mic && styles.off)} title={t(mic ? 'seats.micOn' : 'seats.micOff')}>
          <RoomIcon name={mic ? 'mic' : 'micOff'} size={12} />
        </span>
        <span className={styles.who}>
          <b className={styles.name}>{seat.name}</b>
          <span className={styles.site}>{[seat.site?.name, title].filter(Boolean).join(' ')}</span>
        </span>
      </span>
      <span className={styles.marks}>
        {presenter && <span className={styles.presenter}>{t('seats.presenter')}</span>}
        {imagesOnly && (
          <span className={styles.plain} title={t('seats.imagesOnlyWhy')}>
            {t('seats.imagesOnly')}
          </span>
        )}
        {seat.hand_at && (
          <span className={styles.hand} title={t('seats.hand')}>
            <RoomIcon name="hand" size={13} />
          </span>
        )}
        {pinned && <Icon name="lock" size={12} />}
      </span>
      {quality && <Bars level={quality} />}
    </>
  );
  return (
    <li
      className={cx(styles.seat, speaking && styles.speaking)}
      data-seat={seat.id}
      data-person={seat.name}
      data-speaking={speaking}
      data-camera={camera}
      data-mic={mic}
    >
      {own ? (
        <div className={styles.tile} title={[who, title].filter(Boolean).join(' · ')}>
          {body}
        </div>
      ) : (
        <button
          type="button"
          className={styles.tile}
          aria-pressed={pinned}
          title={[who, title, t('seats.pinHint')].filter(Boolean).join(' · ')}
          onClick={onPin}
        >
          {body}
        </button>
      )}
      {tile?.screen != null && (
        <button type="button" className={styles.large} onClick={onLarge}>
          <RoomIcon name="screen" size={13} /> {t('seats.screen')}
        </button>
      )}
    </li>
  );
}

/** One stream for each track, so that the element is not given a new one with every drawing. */
const streams = new WeakMap<MediaStreamTrack, MediaStream>();
function ownStream(track: MediaStreamTrack | null): MediaStream | null {
  if (!track) return null;
  const known = streams.get(track) ?? new MediaStream([track]);
  streams.set(track, known);
  return known;
}

const LIT: Record<Level, number> = { good: 3, fair: 2, poor: 1 };

/** Three bars and a word for those who do not see them. */
export function Bars({ level, inline = false }: { level: Level; inline?: boolean }) {
  const { t } = useTranslation('room');
  return (
    <span
      className={cx(styles.bars, styles[level], inline && styles.inline)}
      title={t(`quality.${level}`)}
      role="img"
      aria-label={t(`quality.${level}`)}
    >
      {[1, 2, 3].map((bar) => (
        <i key={bar} className={cx(bar <= LIT[level] && styles.lit)} />
      ))}
    </span>
  );
}
