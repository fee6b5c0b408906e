import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import styles from './room.module.css';

/** Nobody is recorded who has not said yes; a no ends the recording for all. */
export function ConsentDialog({ onAnswer }: { onAnswer: (yes: boolean) => void }) {
  const { t } = useTranslation('room');
  return (
    <Dialog title={t('consent.title')}>
      <div className={styles.fields}>
        <p>{t('consent.text')}</p>
        <div className={styles.formEnd}>
          <Button onClick={() => onAnswer(false)}>{t('consent.no')}</Button>
          <Button tone="next" onClick={() => onAnswer(true)} data-first>
            {t('consent.yes')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
