import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { countdown } from '@/lib/time';
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
  const cells: ReadonlyArray<[string, string]> = [
    ['open', data ? String(data.open) : '–'],
    ['raised', data ? String(data.raised) : '–'],
    ['inTime', data?.in_time_percent == null ? '–' : `${data.in_time_percent}%`],
    ['median', data?.median_seconds == null ? '–' : countdown(data.median_seconds * 1000)],
    ['escalated', data ? String(data.escalated) : '–'],
    ['closed', data ? String(data.closed) : '–'],
  ];
  return (
    <dl className={styles.figures}>
      {cells.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`figure.${name}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
