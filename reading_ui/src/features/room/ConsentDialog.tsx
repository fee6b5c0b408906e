import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import styles from './room.module.css';

interface Props {
  /** Who asks. */
  by: string | null;
  onAnswer: (yes: boolean) => void;
}

/** Nobody is recorded who has not said yes; a no ends the recording for all. */
export function ConsentDialog({ by, onAnswer }: Props) {
  const { t } = useTranslation('room');
  return (
    <Dialog title={by ? t('consent.titleBy', { name: by }) : t('consent.title')}>
      {/* It comes by itself, perhaps while somebody types: no key of theirs may be taken for an answer. */}
      <div className={styles.fields} tabIndex={-1} data-first>
        <p>{t('consent.text')}</p>
        <div className={styles.formEnd}>
          <Button onClick={() => onAnswer(false)}>{t('consent.no')}</Button>
          <Button tone="next" onClick={() => onAnswer(true)}>
            {t('consent.yes')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
