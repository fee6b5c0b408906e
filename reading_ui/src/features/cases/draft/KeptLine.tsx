import { useTranslation } from 'react-i18next';
import { asProblem } from '@/api/problem';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import { problemText } from '@/ui/problemText';
import styles from './draft.module.css';
import type { Kept } from './keeper';

/** Whether the server holds every letter; when not, why. */
export function KeptLine({ kept, onReload }: { kept: Kept; onReload: () => void }) {
  const { t } = useTranslation('cases');
  if (kept.phase === 'failed' && asProblem(kept.error).code === 'version.stale') {
    return (
      <p className={styles.failed} role="alert">
        {t('referral.form.stale')} <Button onClick={onReload}>{t('referral.form.reload')}</Button>
      </p>
    );
  }
  if (kept.phase === 'failed') {
    return (
      <p className={styles.failed} role="alert">
        {t('referral.form.failed', { why: problemText(kept.error) })}
      </p>
    );
  }
  const at = kept.phase === 'saved' ? fullTime(new Date(kept.at).toISOString()).slice(11) : '';
  return (
    <p className={styles.dim} role="status" data-testid="kept" data-phase={kept.phase}>
      {t(`referral.form.${kept.phase}`, { at })}
    </p>
  );
}
