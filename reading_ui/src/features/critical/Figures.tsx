import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { countdown } from '@/lib/time';
import { Nothing } from '@/ui/Nothing';
import * as calls from './calls';
import styles from './critical.module.css';

/** How quickly findings are read back: the last 30 days of what one may see. */
export function Figures() {
  const { t } = useTranslation('critical');
  const found = useQuery({
    queryKey: [...keysOf.criticals, 'figures'],
    queryFn: ({ signal }) => calls.figures(signal),
  });
  const { data } = found;
  // Nothing was read back lately, or nothing has come yet: a bare sign would leave open which.
  const why = data ? t('figure.none') : t(found.isError ? 'figure.failed' : 'ui:loading');
  const cells: ReadonlyArray<readonly [string, ReactNode]> = [
    ['open', data?.open],
    ['raised', data?.raised],
    ['inTime', data?.in_time_percent == null ? null : `${data.in_time_percent}%`],
    ['median', data?.median_seconds == null ? null : countdown(data.median_seconds * 1000)],
    ['escalated', data?.escalated],
    ['closed', data?.closed],
  ];
  return (
    <dl className={styles.figures}>
      {cells.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`figure.${name}`)}</dt>
          <dd>{value ?? <Nothing why={why} />}</dd>
        </div>
      ))}
    </dl>
  );
}
