import { useTranslation } from 'react-i18next';
import { Dialog } from '@/ui/Dialog';
import { fileUrl } from '../calls';
import type { Attachment } from '../types';
import styles from './Side.module.css';

/** A picture or a PDF, in place. */
export function Preview({ one, onClose }: { one: Attachment; onClose: () => void }) {
  const { t } = useTranslation('cases');
  const address = fileUrl(one.id);
  return (
    <Dialog title={one.name} wide onClose={onClose}>
      {one.media_type === 'application/pdf' ? (
        <iframe className={styles.paper} src={address} title={one.name} />
      ) : (
        <img className={styles.picture} src={address} alt={one.name} />
      )}
      <p className={styles.save}>
        <a href={address} download={one.name} data-first>
          {t('attachment.save')}
        </a>
      </p>
    </Dialog>
  );
}
