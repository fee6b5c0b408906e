import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import styles from './room.module.css';

interface Props {
  title: string;
  /** The button that does it, named for what happens. */
  yes: string;
  no?: string;
  onYes: () => void;
  onNo: () => void;
  children: ReactNode;
}

/** Asks before something that others feel at once: says what happens for whom, and starts at the harmless answer. */
export function SureDialog({ title, yes, no, onYes, onNo, children }: Props) {
  const { t } = useTranslation('ui');
  return (
    <Dialog title={title} onClose={onNo}>
      <div className={styles.fields}>
        {children}
        <div className={styles.formEnd}>
          <Button onClick={onNo} data-first>
            {no ?? t('cancel')}
          </Button>
          <Button tone="danger" onClick={onYes}>
            {yes}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
