import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomSeat, RoomView } from '@/api/rooms';
import type { Label, MediaClient } from '@/live/rtc';
import { Button } from '@/ui/Button';
import { Menu } from '@/ui/Menu';
import { RoomIcon } from '../icons';
import { type Card, handsOf, heldOf, type Standing, waitingOf } from '../people';
import { Bars } from '../Seats';
import { SureDialog } from '../SureDialog';
import styles from './panel.module.css';

interface Props {
  room: RoomView;
  cards: readonly Card[];
  standing: Standing;
  client: MediaClient;
  onLetIn: (seat: string) => void;
  onRemove: (seat: string) => void;
  onPresenter: (seat: string) => void;
  onClose: () => void;
}

/** What the host was about to do, until they have said that they mean it. */
type Asked = { what: 'close' } | { what: 'remove'; card: Card };

/** Who is here, who waits at the door, whose hand is up; and what the host may do about it. */
export function Members({ room, cards, standing, client, onLetIn, onRemove, onPresenter, onClose }: Props) {
  const { t } = useTranslation('room');
  const waiting = waitingOf(room);
  const held = heldOf(room);
  const [asked, setAsked] = useState<Asked | null>(null);
  const hands = handsOf(room);
  const gone = room.seats.filter((seat) => seat.state === 'out' || seat.state === 'removed');
  return (
    <>
      {waiting.length > 0 && (
        <section className={styles.part} data-testid="waiting">
          <h3>{t('members.waiting', { n: waiting.length })}</h3>
          <ul className={styles.list}>
            {waiting.map((seat) => (
              <li key={seat.id} className={styles.person}>
                <Who seat={seat} />
                {standing.host && (
                  <Button tone="next" onClick={() => onLetIn(seat.id)}>
                    {t('members.letIn')}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className={styles.part}>
        <h3>{t('members.here', { n: cards.length })}</h3>
        <ul className={styles.list}>
          {cards.map((card) => (
            <li key={card.seat.id} className={styles.person}>
              <Who seat={card.seat} />
              {card.seat.hand_at && (
                <span className={styles.hand} title={t('seats.hand')}>
                  <RoomIcon name="hand" size={14} /> {hands.findIndex((one) => one.id === card.seat.id) + 1}
                </span>
              )}
              {card.imagesOnly && <span className={styles.quiet}>{t('seats.imagesOnly')}</span>}
              {card.tile?.quality && <Bars level={card.tile.quality} inline />}
              <Deeds
                card={card}
                standing={standing}
                onMute={(label) => client.muteSeat(card.seat.id, label)}
                onRemove={() => setAsked({ what: 'remove', card })}
                onPresenter={() => onPresenter(card.seat.id)}
              />
            </li>
          ))}
        </ul>
      </section>
      {held.length > 0 && (
        <section className={styles.part} data-testid="held">
          <h3>{t('members.held', { n: held.length })}</h3>
          <ul className={styles.list}>
            {held.map((seat) => (
              <li key={seat.id} className={styles.person}>
                <Who seat={seat} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {gone.length > 0 && (
        <section className={styles.part}>
          <h3>{t('members.gone', { n: gone.length })}</h3>
          <ul className={styles.list}>
            {gone.map((seat) => (
              <li key={seat.id} className={styles.person}>
                <Who seat={seat} />
                {seat.state === 'removed' && standing.host && (
                  <Button onClick={() => onLetIn(seat.id)}>{t('members.forgive')}</Button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {standing.host && (
        <Button tone="danger" onClick={() => setAsked({ what: 'close' })}>
          {t('members.close')}
        </Button>
      )}
      {asked?.what === 'close' && (
        <SureDialog
          title={t('sure.close', { n: cards.length })}
          yes={t('members.close')}
          onNo={() => setAsked(null)}
          onYes={() => {
            setAsked(null);
            onClose();
          }}
        >
          <p>{t('sure.closeAll', { names: cards.map(({ seat }) => seat.name).join(t('record.and')) })}</p>
          <p>{t('sure.closeStays', { what: t(`goesOn.${room.kind}`) })}</p>
        </SureDialog>
      )}
      {asked?.what === 'remove' && (
        <SureDialog
          title={t('sure.remove', { name: asked.card.seat.name })}
          yes={t('members.remove')}
          onNo={() => setAsked(null)}
          onYes={() => {
            setAsked(null);
            onRemove(asked.card.seat.id);
            client.dropSeat(asked.card.seat.id);
          }}
        >
          <Who seat={asked.card.seat} />
          <p>{t('sure.removeWhat')}</p>
        </SureDialog>
      )}
    </>
  );
}

function Who({ seat }: { seat: RoomSeat }) {
  const { t } = useTranslation('room');
  const role = seat.role === 'member' ? '' : t(`role.${seat.role}`);
  const title = seat.title === 'none' ? '' : t(`ui:title.${seat.title}`);
  return (
    <span className={styles.who2}>
      <b>{seat.name}</b>
      <span>{[seat.site?.name, title, role].filter(Boolean).join(' · ')}</span>
    </span>
  );
}

interface DeedsProps {
  card: Card;
  standing: Standing;
  onMute: (label: Label) => void;
  onRemove: () => void;
  onPresenter: () => void;
}

function Deeds({ card, standing, onMute, onRemove, onPresenter }: DeedsProps) {
  const { t } = useTranslation('room');
  const mayGive = standing.mayGive && !card.presenter;
  const mayRule = standing.host && !card.own;
  if (!mayGive && !mayRule) return null;
  const sent = (['mic', 'camera', 'screen'] as const).filter((label) => card.tile?.sends[label]);
  return (
    <Menu label={t('members.deeds', { name: card.seat.name })} icon="down">
      {(close) => {
        const deed = (run: () => void) => () => {
          run();
          close();
        };
        return (
          <>
            {mayGive && (
              <Button tone="bare" onClick={deed(onPresenter)}>
                {t(card.own ? 'presenter.take' : 'presenter.give')}
              </Button>
            )}
            {mayRule &&
              sent.map((label) => (
                <Button key={label} tone="bare" onClick={deed(() => onMute(label))}>
                  {t(`members.mute.${label}`)}
                </Button>
              ))}
            {mayRule && card.seat.role !== 'host' && (
              <Button tone="danger" className={styles.apart} onClick={deed(onRemove)}>
                {t('members.removeName', { name: card.seat.name })}
              </Button>
            )}
          </>
        );
      }}
    </Menu>
  );
}
