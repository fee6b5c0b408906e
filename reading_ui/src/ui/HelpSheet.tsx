import { useTranslation } from 'react-i18next';
import type { Scope } from '@/lib/keymap';
import { Dialog } from './Dialog';
import styles from './HelpSheet.module.css';
import { Kbd } from './Kbd';

/** What every key does on the screen it was opened from. */
export function HelpSheet({ scopes, onClose }: { scopes: readonly Scope[]; onClose: () => void }) {
  const { t } = useTranslation('ui');
  return (
    <Dialog title={t('help.title')} wide onClose={onClose}>
      <div className={styles.sheet}>
        {scopes
          .filter((scope) => scope.bindings.length > 0)
          .toSorted((a, b) => Number(a.name === 'app') - Number(b.name === 'app'))
          .map((scope) => (
            <section key={scope.name}>
              <h3>{t([`${scope.name}:keys.title`, 'help.general'])}</h3>
              <dl>
                {scope.bindings.map((binding) => (
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
