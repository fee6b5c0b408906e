import { useTranslation } from 'react-i18next';
import type { Viewer } from '@/viewer';
import styles from './Toolbar.module.css';
import { useReadable } from './useReadable';

/** How much of what can be had is in memory, what the pixels are, and which way they are drawn. */
export function LoadState({ viewer }: { viewer: Viewer }) {
  const { t } = useTranslation('reading');
  const pane = useReadable(viewer.state, (state) => state.panes.find((found) => found.id === state.active));
  const path = useReadable(viewer.state, (state) => state.path);
  if (!pane || pane.count === 0 || pane.phase === 'document' || pane.phase === 'empty') return null;
  const toCome = pane.count - pane.lost;
  const percent = Math.floor((100 * pane.loaded) / toCome);
  const source = pane.header?.calibration.source;
  return (
    <div className={styles.state}>
      {source && source !== 'tomographic' && (
        <span className={styles.scale} title={t(`viewer:sourceWhy.${source}`)}>
          {t('scale', { scale: t(`viewer:scale.${source}`) })}
        </span>
      )}
      {toCome > 0 && (
        <span role="status" title={path === 'cpu' ? t('pathCpu') : t('pathGpu')}>
          {t('loaded', { percent })}{' '}
          <i className={styles.meter} style={{ '--part': `${percent}%` } as React.CSSProperties} />
        </span>
      )}
      {pane.lost > 0 && (
        <span role="status" className={styles.lost}>
          {t('lacks', { count: pane.lost })}
        </span>
      )}
    </div>
  );
}
