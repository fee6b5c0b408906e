import { useTranslation } from 'react-i18next';
import { useNow } from '@/lib/now';
import { fullTime } from '@/lib/time';
import { since } from './states';

/** How long ago it was raised, counting; a screen reader is not told every second. */
export function Since({ at }: { at: string }) {
  const { t } = useTranslation('ui');
  const found = since(at, useNow());
  return (
    <time dateTime={at} title={fullTime(at)} aria-hidden="true">
      {typeof found === 'string' ? found : t(found.key, { n: found.n })}
    </time>
  );
}
