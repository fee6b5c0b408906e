import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import styles from './admin.module.css';

interface Props {
  title: string;
  go: string;
  onGo: () => void;
  onClose: () => void;
  /** What will stop working. */
  children: ReactNode;
}

/** A question before something is cut off: it begins at the way out. */
export function AskFirst({ title, go, onGo, onClose, children }: Props) {
  const { t } = useTranslation('ui');
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={styles.note}>{children}</div>
      <div className={styles.actions}>
        <Button onClick={onClose} data-first>
          {t('cancel')}
        </Button>
        <Button
          tone="danger"
          onClick={() => {
            onClose();
            onGo();
          }}
        >
          {go}
        </Button>
      </div>
    </Dialog>
  );
}
