import { useTranslation } from 'react-i18next';
import type { RoomView } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { useKeys } from '@/lib/keys';
import { useConnection } from '@/live';
import { Button } from '@/ui/Button';
import { standingOf } from './people';
import styles from './room.module.css';
import type { Follow } from './useFollow';

interface Props {
  room: RoomView;
  follow: Follow;
  onTake: () => void;
  onAsk: () => void;
}

/** Whose pictures these are: following, gone one's own way, or presenting. */
export function FollowBar({ room, follow, onTake, onAsk }: Props) {
  const { t } = useTranslation('room');
  const { presenter, following, shown } = follow;
  const seat = room.seats.find((one) => one.id === room.presenter_seat_id && one.state === 'in');
  const standing = standingOf(room);
  useKeys('room', [
    {
      keys: 'f',
      label: 'room:follow.key',
      run: () => (presenter ? undefined : following ? follow.hand() : follow.comeBack()),
    },
  ]);
  // Without the line nobody is led and nobody leads, whatever was true before.
  const cut = useConnection((connection) => connection.state === 'down');
  const state = cut ? 'cut' : presenter ? 'mine' : !seat ? 'nobody' : following ? 'following' : 'away';
  return (
    <div className={cx(styles.follow, styles[`follow-${state}`])} data-testid="follow" data-state={state}>
      <span role="status">
        {t(`follow.${state}`, { name: seat?.name ?? '' })}
        {state === 'following' && !shown && ` · ${t('follow.nothingYet')}`}
      </span>
      {state === 'following' && shown && (
        <Button tone="bare" keys="f" onClick={follow.hand}>
          {t('follow.breakAway')}
        </Button>
      )}
      {state === 'away' && (
        <Button tone="next" keys="f" onClick={follow.comeBack}>
          {t('follow.comeBack')}
        </Button>
      )}
      <span className={styles.followEnd}>
        {standing.mayTake && (
          <Button tone="bare" onClick={onTake}>
            {t('presenter.take')}
          </Button>
        )}
        {!presenter && !standing.mayTake && (
          <Button tone="bare" onClick={onAsk} disabled={standing.handUp}>
            {t(standing.handUp ? 'presenter.asked' : 'presenter.ask')}
          </Button>
        )}
      </span>
    </div>
  );
}
