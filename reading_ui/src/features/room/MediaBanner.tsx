import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { useConnection } from '@/live';
import type { MediaClient } from '@/live/rtc';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import styles from './room.module.css';
import { useMediaState } from './useMedia';

/** After so many attempts it is a state, not a hiccup. */
const SOME = 2;

/** Why there is no sound or picture of people, what still works, and what to do. */
export function MediaBanner({ client }: { client: MediaClient }) {
  const { t } = useTranslation('room');
  const media = useMediaState(client, (state) => state);
  const line = useConnection((connection) => connection.state);
  const { phase, why, tries, mode, own, mutedByHost, shedding, quality } = media;
  const blocked = (['mic', 'camera', 'screen'] as const).find((label) => own[label].state === 'blocked');
  if (line === 'down') return <Line tone="red" text={t('banner.lineDown')} />;
  if (mode === 'images') {
    return (
      <Line tone="blue" text={t('banner.images')}>
        <Button onClick={() => client.enter('video')}>{t('banner.joinCall')}</Button>
      </Line>
    );
  }
  if (phase === 'ended' && why) {
    return (
      <Line tone="red" text={t(`why.${why}`)}>
        {why === 'replaced' && <Button onClick={() => client.enter(mode)}>{t('banner.takeBack')}</Button>}
      </Line>
    );
  }
  // Nothing is wrong, and nobody has to do anything about it.
  if (why === 'off' && phase !== 'live') return <Line tone="blue" text={t('why.off')} />;
  if (why && why !== 'outside' && phase !== 'live' && (tries >= SOME || phase === 'waiting')) {
    return (
      <Line tone="yellow" text={`${t(`why.${why}`)} ${t('banner.imagesGoOn')}`}>
        <Button onClick={() => client.enter('images')}>{t('banner.stopTrying')}</Button>
      </Line>
    );
  }
  if (mutedByHost) return <Line tone="yellow" text={t(`banner.muted.${mutedByHost}`)} />;
  if (blocked) {
    const reason = own[blocked].why ?? 'failed';
    const both = blocked === 'mic' && own.camera.state === 'blocked' && own.camera.why === reason;
    const retry = () => {
      void client.switch(blocked, true);
      if (both) void client.switch('camera', true);
    };
    return (
      <Line tone="yellow" text={t(`device.${both ? 'both' : blocked}.${reason}`)}>
        <Button onClick={retry}>{t('banner.tryAgain')}</Button>
      </Line>
    );
  }
  if (shedding) return <Line tone="yellow" text={t('banner.shedding')} />;
  if (quality === 'poor' && mode === 'video') {
    return (
      <Line tone="yellow" text={t('banner.poor')}>
        <Button onClick={() => client.enter('audio')}>{t('banner.audioOnly')}</Button>
      </Line>
    );
  }
  return null;
}

interface LineProps {
  tone: 'red' | 'yellow' | 'blue';
  text: string;
  children?: React.ReactNode;
}

function Line({ tone, text, children }: LineProps) {
  return (
    <div className={cx(styles.banner, styles[`tone-${tone}`])} role="status" data-testid="media-banner">
      <Icon name={tone === 'blue' ? 'image' : 'alarm'} size={15} />
      <span>{text}</span>
      {children}
    </div>
  );
}
