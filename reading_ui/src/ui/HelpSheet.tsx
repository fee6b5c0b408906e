import { useTranslation } from 'react-i18next';
import { grouped, type Scope } from '@/lib/keymap';
import { Dialog } from './Dialog';
import styles from './HelpSheet.module.css';
import { Kbd } from './Kbd';

/** What every key does on the screen it was opened from. */
export function HelpSheet({ scopes, onClose }: { scopes: readonly Scope[]; onClose: () => void }) {
  const { t } = useTranslation('ui');
  return (
    <Dialog title={t('help.title')} wide onClose={onClose}>
      <div className={styles.sheet}>
        {grouped(scopes).map(({ title, bindings }) => (
          <section key={title}>
            <h3>{t(title)}</h3>
            <dl>
              {bindings.map((binding) => (
                <div key={binding.keys} className={styles.row}>
                  <dt>
                    <Kbd keys={binding.keys} />
                  </dt>
                  <dd>{t(binding.label)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
