import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import styles from './admin.module.css';
import { useCopy } from './useCopy';

/** A link that works once and is shown this once. */
export function LinkDialog({ name, link, onClose }: { name: string; link: string; onClose: () => void }) {
  const { t } = useTranslation('admin');
  const { copied, copy } = useCopy(link);
  return (
    <Dialog title={t('link.title', { name })} onClose={onClose}>
      <p className={styles.note}>{t('link.hint')}</p>
      <input
        className={styles.link}
        readOnly
        value={link}
        aria-label={t('link.label')}
        onFocus={(event) => event.target.select()}
      />
      <div className={styles.actions}>
        <Button onClick={onClose}>{t('ui:close')}</Button>
        <Button tone="next" icon={copied ? 'check' : undefined} onClick={copy}>
          {t(copied ? 'link.copied' : 'link.copy')}
        </Button>
      </div>
    </Dialog>
  );
}
