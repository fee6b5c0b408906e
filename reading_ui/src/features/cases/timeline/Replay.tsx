import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import { nameOf } from '@/ui/facts/words';
import type { CaseFact } from '../types';
import styles from './timeline.module.css';

const STEP_MS = 900;

interface Props {
  steps: CaseFact[];
  /** How many of the steps have happened; null: the present. */
  at: number | null;
  playing: boolean;
  onAt: (at: number | null) => void;
  onPlaying: (playing: boolean) => void;
}

/** 流程回放: goes through the steps of the case; the page shows it as it was after each. */
export function Replay({ steps, at, playing, onAt, onPlaying }: Props) {
  const { t } = useTranslation('cases');
  const here = at ?? steps.length;
  useEffect(() => {
    if (!playing) return;
    if (here >= steps.length) return onPlaying(false);
    const timer = setTimeout(() => onAt(here + 1), STEP_MS);
    return () => clearTimeout(timer);
  }, [playing, here, steps.length, onAt, onPlaying]);
  const fact = steps[here - 1];
  const play = () => {
    if (!playing && here >= steps.length) onAt(1);
    onPlaying(!playing);
  };
  const go = (to: number) => {
    onPlaying(false);
    onAt(Math.min(steps.length, Math.max(1, to)));
  };
  return (
    <div className={styles.replay} data-on={at !== null || undefined} data-testid="replay">
      <Button onClick={play} icon={playing ? 'pause' : 'right'} disabled={steps.length < 2}>
        {t(playing ? 'replay.pause' : 'replay.play')}
      </Button>
      <input
        type="range"
        min={1}
        max={Math.max(1, steps.length)}
        value={here}
        aria-label={t('replay.label')}
        aria-valuetext={fact && `${fullTime(fact.at)} ${nameOf(fact)}`}
        onChange={(event) => go(Number(event.target.value))}
      />
      <span className={styles.moment}>
        {at === null ? t('replay.now') : fullTime(fact?.at)}
        <span className={styles.count}>
          {here}/{steps.length}
        </span>
      </span>
      {at !== null && (
        <Button
          onClick={() => {
            onPlaying(false);
            onAt(null);
          }}
        >
          {t('replay.leave')}
        </Button>
      )}
    </div>
  );
}
