import { useTranslation } from 'react-i18next';
import { gapsOf, isDamaged, type PaneView, type Stack, type Viewer } from '@/viewer';
import styles from './overlay.module.css';
import { problemWords } from './problemWords';

/** More than these are reached by scrolling: the way of the Tab key to the report stays short. */
const BY_TAB = 8;

/** Where in the stack the pictures stand that cannot be shown, along the lower edge, and where the reader is. */
export function Gaps({ view, stack, viewer }: { view: PaneView; stack: Stack; viewer: Viewer }) {
  const { t } = useTranslation('viewer');
  const gaps = gapsOf(stack);
  if (gaps.length === 0 || view.count < 2) return null;
  const place = (from: number, to: number) => ({
    left: `${(100 * from) / view.count}%`,
    width: `${(100 * (to - from + 1)) / view.count}%`,
  });
  const go = (index: number) => {
    viewer.activate(view.id);
    viewer.goTo(index);
  };
  return (
    <nav className={styles.gaps} aria-label={t('overlay.gaps')} data-testid={`${view.id}-gaps`}>
      {gaps.map((gap, index) => {
        const where = t(gap.from === gap.to ? 'overlay.one' : 'overlay.several', {
          from: gap.from + 1,
          to: gap.to + 1,
        });
        const why = isDamaged(gap) ? t('overlay.damagedFile') : problemWords(gap.problem.code);
        const words = t('overlay.gap', { where, why });
        return (
          <button
            key={gap.from}
            type="button"
            style={place(gap.from, gap.to)}
            title={words}
            aria-label={words}
            tabIndex={index < BY_TAB ? 0 : -1}
            onClick={() => go(gap.from)}
          />
        );
      })}
      <i style={place(view.target, view.target)} />
    </nav>
  );
}
