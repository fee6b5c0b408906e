import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import * as calls from '@/api/calls';
import { expired, useSession } from '@/api/session';
import { useNow } from '@/lib/now';
import { countdown } from '@/lib/time';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { active, useActivity } from './activity';
import styles from './auth.module.css';
import { idleState } from './idle';
import { signOut } from './signIn';

/** Counts down before an untouched desk locks; at the end the page is locked, not left, so that no text is lost. */
export function IdleWarning() {
  const { t } = useTranslation('auth');
  const now = useNow();
  const lastActive = useSession((session) => session.lastActive);
  const idleSeconds = useSession((session) => session.me?.session.idle_seconds ?? 0);
  const idle = idleSeconds > 0 ? idleState(lastActive, idleSeconds, now) : null;
  const warn = idle?.kind === 'warn';
  const lock = idle?.kind === 'lock';
  useActivity(warn || lock);
  useEffect(() => {
    if (!lock) return;
    calls.logout().catch(() => undefined);
    expired();
  }, [lock]);
  if (!warn) return null;
  return (
    <Dialog title={t('idle.title')} onClose={() => active()}>
      <p className={styles.count} role="timer">
        {t('idle.text', { left: countdown(idle.left) })}
      </p>
      <div className={styles.actions}>
        <Button onClick={() => void signOut()}>{t('idle.leave')}</Button>
        <Button tone="next" data-first onClick={() => active()}>
          {t('idle.stay')}
        </Button>
      </div>
    </Dialog>
  );
}
