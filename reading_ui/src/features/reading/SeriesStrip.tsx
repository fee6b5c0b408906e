import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Icon } from '@/ui/icons';
import type { Manifest, Stack, Viewer } from '@/viewer';
import { STACK_TYPE } from './drag';
import styles from './SeriesStrip.module.css';
import { useReadable } from './useReadable';

/** The series of the study; a click or a drop puts one into a pane. */
export function SeriesStrip({ viewer, newest }: { viewer: Viewer; newest?: Manifest }) {
  const { t } = useTranslation('reading');
  const shown = useReadable(viewer.state, (state) => state.panes.map((pane) => pane.stackId).join(' '));
  const current = useReadable(
    viewer.state,
    (state) => state.panes.find((pane) => pane.id === state.active)?.stackId ?? null,
  );
  return (
    <nav className={styles.strip} aria-label={t('strip.label')}>
      <ol>
        {viewer.stacks.map((stack) => (
          <Tile
            key={stack.id}
            stack={stack}
            thumb={
              stack.thumb ?? newest?.series.find(({ series_uid }) => series_uid === stack.id)?.thumb ?? null
            }
            current={stack.id === current}
            shown={shown.split(' ').includes(stack.id)}
            onShow={() => viewer.show(stack.id)}
          />
        ))}
      </ol>
    </nav>
  );
}

interface TileProps {
  stack: Stack;
  thumb: string | null;
  current: boolean;
  shown: boolean;
  onShow: () => void;
}

function Tile({ stack, thumb, current, shown, onShow }: TileProps) {
  const { t } = useTranslation('reading');
  const box = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) box.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  const name = stack.description || t(`object.${stack.kind}`);
  const count = stack.frames.length;
  const seen = stack.damaged > 0 && t('strip.damaged', { count, n: stack.damaged });
  return (
    <li>
      <button
        ref={box}
        type="button"
        className={cx(styles.tile, current && styles.current, shown && styles.shown)}
        aria-pressed={current}
        title={[stack.number, name, stack.modality, seen]
          .filter((part) => part !== null && part !== '' && part !== false)
          .join(' · ')}
        draggable
        onDragStart={(event) => event.dataTransfer.setData(STACK_TYPE, stack.id)}
        onClick={onShow}
      >
        <span className={styles.picture}>
          {thumb ? (
            <img src={thumb} alt="" loading="lazy" draggable={false} />
          ) : (
            <Icon name={stack.kind === 'pdf' || stack.kind === 'sr' ? 'report' : 'image'} size={22} />
          )}
          {count > 1 && <span className={styles.count}>{count}</span>}
          {stack.problems > 0 && (
            <span className={styles.problem} title={t('strip.problems', { n: stack.problems })}>
              <Icon name="alarm" size={12} />
              {stack.problems}
            </span>
          )}
        </span>
        <span className={styles.name}>
          {stack.number !== null && <b>{stack.number}</b>} {name}
        </span>
        {seen && <span className={styles.damaged}>{seen}</span>}
      </button>
    </li>
  );
}
