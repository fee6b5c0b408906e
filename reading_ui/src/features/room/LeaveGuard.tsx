import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useBlocker } from 'react-router';
import { SureDialog } from './SureDialog';

/** The browser's back, a link or a closed window leave a live room only after a question. The room's own way out says what it does. */
export function LeaveGuard({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation('room');
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, []);
  if (blocker.state !== 'blocked') return null;
  return (
    <SureDialog
      title={t('sure.leave')}
      yes={t('leave')}
      no={t('sure.stay')}
      onNo={() => blocker.reset()}
      onYes={() => {
        onLeave();
        blocker.proceed();
      }}
    >
      <p>{t('sure.leaveWhat')}</p>
    </SureDialog>
  );
}
