import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import { DAMAGED, type PaneView, type Stack, type Viewer } from '@/viewer';
import styles from './overlay.module.css';
import { problemWords } from './problemWords';

/** Covers the old picture: it must never stand under the number of one that cannot be shown. */
export function FailedPane({ view, stack, viewer }: { view: PaneView; stack: Stack; viewer: Viewer }) {
  const { t } = useTranslation('viewer');
  const { failure, count, index } = view;
  if (!failure) return null;
  const damaged = failure.problem === DAMAGED;
  const title =
    count > 1
      ? t(damaged ? 'overlay.damaged' : 'overlay.failed', { index: index + 1 })
      : t(damaged ? 'overlay.damagedAlone' : 'overlay.loadFailed');
  const reason = failure.problem
    ? problemWords(failure.problem, failure.detail)
    : t(`failure.${failure.code}`);
  return (
    <div className={styles.failed} role="alert" data-testid="pane-failed">
      <Icon name="alarm" size={26} />
      <strong>{title}</strong>
      <span>{reason}</span>
      {!failure.problem && failure.detail && <code>{failure.detail}</code>}
      {count > 1 && <span className={styles.safe}>{t('overlay.failedSafe')}</span>}
      {!failure.problem && (
        <Button icon="refresh" onClick={() => viewer.show(stack.id, view.id, index)}>
          {t('overlay.retry')}
        </Button>
      )}
    </div>
  );
}
