import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { cx } from '@/lib/cx';
import { Tag } from '@/ui/Band';
import { faultStands, peerFault } from '@/ui/peerFault';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import * as calls from './calls';
import { LinePanel } from './LinePanel';
import styles from './lines.module.css';

/** The lines to one's own devices: which are well, and a check of one that a technician can read out on the telephone. */
export function LinesPage() {
  const { t } = useTranslation('lines');
  const found = useQuery({ queryKey: keysOf.lines, queryFn: calls.lines, refetchInterval: 15_000 });
  const [chosen, setChosen] = useState<string | null>(null);
  useTitle(t('title'));
  const items = found.data?.items;
  const line = items?.find((one) => one.id === chosen) ?? items?.[0];
  return (
    <Sheet title={t('title')} hint={t('hint')}>
      {found.error && !items ? (
        <Trouble error={found.error} onRetry={() => void found.refetch()} />
      ) : !found.data || !items ? (
        <SkeletonRows rows={5} height={40} />
      ) : !line ? (
        <Empty title={t('empty')} />
      ) : (
        <div className={styles.split}>
          <ul className={styles.list} aria-label={t('title')}>
            {items.map((one) => (
              <li key={one.id}>
                <button
                  type="button"
                  className={cx(styles.line, one.id === line.id && styles.here)}
                  aria-current={one.id === line.id}
                  onClick={() => setChosen(one.id)}
                >
                  <LineSummary line={one} />
                </button>
              </li>
            ))}
          </ul>
          <LinePanel key={line.id} line={line} ours={found.data.ours} />
        </div>
      )}
    </Sheet>
  );
}

/** Whose it is, when it last called, what went wrong since then or last, and how its last check ended. */
function LineSummary({ line }: { line: calls.Line }) {
  const { t } = useTranslation('lines');
  const last = line.last_check;
  const stands = faultStands(line);
  return (
    <>
      <span className={styles.top}>
        <strong className={styles.mono}>{line.ae_title}</strong>
        {last?.good === true && (
          <Tag band="plain" icon="check">
            {t('good')}
          </Tag>
        )}
        {last?.good === false && (
          <Tag band="red" icon="alarm">
            {t('bad')}
          </Tag>
        )}
        {last?.good === null && (
          <Tag band="blue" icon="clock">
            {t('under')}
          </Tag>
        )}
      </span>
      <span className={styles.dim}>{line.site}</span>
      <span className={styles.dim}>
        {t('seen')} {line.last_seen_at ? <Time at={line.last_seen_at} /> : t('never')}
        {line.last_secure ? ` · ${t('overTls')}` : ''}
      </span>
      {line.last_error && (
        <span className={stands ? styles.fault : styles.dim}>
          {!stands && `${t('pastFault')} `}
          <Time at={line.last_error_at} /> {peerFault(line.last_error)}
        </span>
      )}
    </>
  );
}
