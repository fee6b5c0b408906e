import { useTranslation } from 'react-i18next';
import type { Viewer } from '@/viewer';
import { toggleCine } from './commands';
import styles from './Toolbar.module.css';
import { Item } from './ToolItem';
import { useReadable } from './useReadable';

/** Loop with its speed; says how fast it really goes when the machine cannot keep up. */
export function CineControls({ viewer }: { viewer: Viewer }) {
  const { t } = useTranslation('reading');
  const pane = useReadable(viewer.state, (state) => state.panes.find((found) => found.id === state.active));
  if (!pane || pane.count < 2 || pane.phase === 'document') return null;
  const { playing, fps, reached } = pane.cine;
  const slow = playing && reached > 0 && reached < fps * 0.85;
  return (
    <div className={styles.group}>
      <Item
        icon={playing ? 'stop' : 'play'}
        word={t(playing ? 'command.stop' : 'command.cine')}
        keys="Space"
        pressed={playing}
        onPress={() => toggleCine(viewer)}
      />
      <label className={styles.speed}>
        <input
          type="range"
          min={1}
          max={60}
          value={Math.round(fps)}
          aria-label={t('speed')}
          onChange={(event) => viewer.play(true, Number(event.target.value))}
        />
        <span title={slow ? t('slowWhy') : undefined}>
          {slow
            ? t('fpsReached', { reached: Math.round(reached), fps: Math.round(fps) })
            : t('fps', { fps: Math.round(fps) })}
        </span>
      </label>
    </div>
  );
}
