import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Button } from './Button';
import { Icon } from './icons';
import styles from './Toasts.module.css';
import { dismiss, type Toast, useToasts } from './toast';

const icons = { done: 'check', problem: 'alarm', caution: 'alarm', news: 'bell' } as const;

/** One live region for the whole application. */
export function Toasts() {
  const items = useToasts((store) => store.items);
  return (
    <div className={styles.stack} aria-live="polite">
      {items.map((item) => (
        <ToastLine key={item.id} item={item} />
      ))}
    </div>
  );
}

export function ToastLine({ item }: { item: Toast }) {
  const { t } = useTranslation('ui');
  return (
    <div className={cx(styles.toast, styles[item.tone])}>
      <Icon name={icons[item.tone]} />
      <span className={styles.text}>{item.text}</span>
      {item.action && (
        <Button
          onClick={() => {
            item.action?.run();
            dismiss(item.id);
          }}
        >
          {item.action.label}
        </Button>
      )}
      <Button tone="bare" icon="close" aria-label={t('close')} onClick={() => dismiss(item.id)} />
    </div>
  );
}
