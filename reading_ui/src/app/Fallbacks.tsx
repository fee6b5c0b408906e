import { useTranslation } from 'react-i18next';
import { isRouteErrorResponse, Link, useRouteError } from 'react-router';
import { Button } from '@/ui/Button';
import { Empty } from '@/ui/States';

/** A screen that failed to draw or to load says what is safe and offers a fresh start. */
export function Crashed() {
  const { t } = useTranslation('app');
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <Absent />;
  console.error(error);
  return (
    <Empty icon="alarm" title={t('crashed')}>
      <p>
        <Button icon="refresh" onClick={() => window.location.reload()}>
          {t('reload')}
        </Button>
      </p>
      <p>
        <a href="/">{t('backHome')}</a>
      </p>
    </Empty>
  );
}

export function Absent() {
  const { t } = useTranslation('app');
  return (
    <Empty icon="search" title={t('absent')}>
      <Link to="/">{t('backHome')}</Link>
    </Empty>
  );
}

export function NoRole() {
  const { t } = useTranslation('app');
  return <Empty icon="lock" title={t('noRole')} />;
}
