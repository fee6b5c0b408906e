import { useTranslation } from 'react-i18next';
import type { MediaClient } from '@/live/rtc';
import { Button } from '@/ui/Button';
import type { Card } from './people';
import styles from './room.module.css';
import { useMediaState } from './useMedia';
import { Video } from './Video';

/** Somebody's shared screen over the pictures, until one goes back to them. */
export function ScreenView({
  card,
  client,
  onBack,
}: {
  card: Card;
  client: MediaClient;
  onBack: () => void;
}) {
  const { t } = useTranslation('room');
  useMediaState(client, (state) => state.streams);
  const stream = client.stream(card.tile?.screen ?? null);
  if (!stream) return null;
  return (
    <section className={styles.screen} data-keep aria-label={t('screen.of', { name: card.seat.name })}>
      <header>
        <span>{t('screen.of', { name: card.seat.name })}</span>
        <Button onClick={onBack}>{t('screen.back')}</Button>
      </header>
      <Video stream={stream} label={t('screen.of', { name: card.seat.name })} />
    </section>
  );
}
