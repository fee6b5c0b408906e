import { useTranslation } from 'react-i18next';
import { Icon } from '@/ui/icons';
import styles from './admin.module.css';

/** A question at the field that it is about: the form does not go before it is answered. */
export function Sure({ words }: { words: string }) {
  const { t } = useTranslation('admin');
  return (
    <label className={styles.sure}>
      <span>
        <Icon name="alarm" size={14} /> {words}
      </span>
      <span>
        <input type="checkbox" required /> {t('peers.sure.yes')}
      </span>
    </label>
  );
}
