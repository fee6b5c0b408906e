import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import styles from './report.module.css';

interface Props {
  onLoad: () => void;
  onAnyway: () => void;
}

/** Before a report is handed in that was written without images which have come, or are shown again, since. */
export function UnseenImages({ onLoad, onAnyway }: Props) {
  const { t } = useTranslation('report');
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => first.current?.querySelector('button')?.focus(), []);
  return (
    <section className={styles.conflict} role="alert" data-testid="unseen-images">
      <strong>{t('unseen.title')}</strong>
      <p>{t('unseen.what')}</p>
      <div className={styles.row} ref={first}>
        <Button tone="next" onClick={onLoad}>
          {t('unseen.load')}
        </Button>
        <Button onClick={onAnyway}>{t('unseen.anyway')}</Button>
      </div>
    </section>
  );
}
