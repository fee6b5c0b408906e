import { useTranslation } from 'react-i18next';
import { Menu } from '@/ui/Menu';
import styles from './critical.module.css';

const MUTED_MS = 120_000;
const reasons = ['phone', 'bedside', 'calling'] as const;

/** Two minutes without sound, for a reason; the banner stays, and anything new rings at once. */
export function MuteMenu({ muted, onMute }: { muted: boolean; onMute: (until: number) => void }) {
  const { t } = useTranslation('critical');
  if (muted) return <span className={styles.muted}>{t('mute.on')}</span>;
  return (
    <Menu label={t('mute.label')} icon="pause" word={t('mute.word')}>
      {(close) => (
        <div className={styles.reasons}>
          <p>{t('mute.why')}</p>
          {reasons.map((reason) => (
            <button
              key={reason}
              type="button"
              onClick={() => {
                onMute(Date.now() + MUTED_MS);
                close();
              }}
            >
              {t(`mute.reason.${reason}`)}
            </button>
          ))}
        </div>
      )}
    </Menu>
  );
}
