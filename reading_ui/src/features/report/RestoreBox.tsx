import { useTranslation } from 'react-i18next';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import styles from './report.module.css';
import type { SafetyCopy } from './safetyCopy';

interface Props {
  copy: SafetyCopy;
  /** The report on the server has moved on since the copy was written. */
  older: boolean;
  onRestore: () => void;
  onDiscard: () => void;
}

/** Words left behind by a crash or a closed window. */
export function RestoreBox({ copy, older, onRestore, onDiscard }: Props) {
  const { t } = useTranslation('report');
  const at = fullTime(new Date(copy.at).toISOString());
  return (
    <section className={styles.restore} role="status">
      <p>{t(older ? 'restore.older' : 'restore.found', { at })}</p>
      <details>
        <summary>{t('restore.look')}</summary>
        <pre>{[copy.text.findings, copy.text.impression, copy.text.advice].filter(Boolean).join('\n\n')}</pre>
      </details>
      <div className={styles.row}>
        <Button tone="next" onClick={onRestore}>
          {t('restore.use')}
        </Button>
        <Button onClick={onDiscard}>{t('restore.discard')}</Button>
      </div>
    </section>
  );
}
