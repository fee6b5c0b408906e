import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { useKeys } from '@/lib/keys';
import { Button } from '@/ui/Button';
import styles from './Split.module.css';
import { clampWidth, NARROWEST, rememberedSplit, rememberSplit, WIDEST } from './splitWidth';

/** Pictures left, words right; the border can be dragged, stepped with the arrow keys, and folded away. */
export function Split({ left, right }: { left: ReactNode; right: ReactNode }) {
  const { t } = useTranslation('reading');
  const [split, setSplit] = useState(rememberedSplit);
  const dragging = useRef(false);
  useEffect(() => rememberSplit(split), [split]);
  const fold = () => setSplit((now) => ({ ...now, folded: !now.folded }));
  const widen = (width: number) => setSplit({ folded: false, width: clampWidth(width) });
  useKeys('reading', [{ keys: '\\', label: 'reading:split.fold', run: fold }]);
  return (
    <div className={styles.split}>
      <div className={styles.left}>{left}</div>
      {/* biome-ignore lint/a11y/useSemanticElements: a movable separator has no element of its own */}
      <div
        className={styles.border}
        role="separator"
        aria-orientation="vertical"
        aria-label={t('split.label')}
        aria-valuenow={split.width}
        aria-valuemin={NARROWEST}
        aria-valuemax={WIDEST}
        tabIndex={0}
        onPointerDown={(event) => {
          dragging.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => dragging.current && widen(window.innerWidth - event.clientX)}
        onPointerUp={() => {
          dragging.current = false;
        }}
        onKeyDown={(event) => {
          const step = event.key === 'ArrowLeft' ? 20 : event.key === 'ArrowRight' ? -20 : 0;
          if (step !== 0) widen(split.width + step);
        }}
        onDoubleClick={fold}
      />
      <div
        className={cx(styles.right, split.folded && styles.folded)}
        style={{ width: split.folded ? undefined : split.width }}
      >
        {split.folded ? (
          <Button
            className={styles.unfold}
            tone="bare"
            icon="report"
            aria-label={t('split.unfold')}
            title={t('split.unfold')}
            onClick={fold}
          />
        ) : null}
        <div hidden={split.folded} className={styles.words}>
          {right}
        </div>
      </div>
    </div>
  );
}
