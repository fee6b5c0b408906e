import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '@/lib/now';
import { Tag } from '@/ui/Band';
import { sizeWords } from '@/ui/DropTile';
import { peerFault } from '@/ui/peerFault';
import { Time } from '@/ui/Time';
import * as calls from './calls';
import { isLate, lasts, stateOf } from './gatewayState';
import { spanOf } from './spans';
import { byToken, nameOf } from './tokens';
import styles from './upload.module.css';

const EVERY = 30_000;
const SILENT = 120_000;
const LOOKS = {
  silent: { band: 'red', icon: 'alarm' },
  trouble: { band: 'red', icon: 'alarm' },
  late: { band: 'red', icon: 'alarm' },
  tokenShared: { band: 'yellow', icon: 'alarm' },
  good: { band: 'blue', icon: 'check' },
} as const;

/** The hospital's gateways as they last reported: whether the line holds, what waits, what somebody must look at. */
export function Gateways() {
  const { t } = useTranslation('upload');
  const now = useNow();
  const list = useQuery({ queryKey: ['gateways'], queryFn: calls.gateways, refetchInterval: EVERY });
  const items = list.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-label={t('gateways')}>
      <h2 className={styles.heading}>{t('gateways')}</h2>
      <ul className={styles.list}>
        {byToken(items).map((token) => (
          <Fragment key={token.id}>
            {token.shared && (
              <li className={styles.item}>
                <p className={styles.shared}>{t('gateway.shared')}</p>
              </li>
            )}
            {token.items.map((gateway) => (
              <GatewayRow
                key={gateway.report.home}
                gateway={gateway}
                silent={now - Date.parse(gateway.at) > SILENT}
              />
            ))}
          </Fragment>
        ))}
      </ul>
    </section>
  );
}

function GatewayRow({ gateway, silent }: { gateway: calls.Gateway; silent: boolean }) {
  const { t } = useTranslation('upload');
  const { report } = gateway;
  const parked = report.parked ?? 0;
  const ahead = report.clock_ahead_seconds ?? 0;
  const { n, unit } = spanOf(Math.abs(ahead));
  const urgent = report.waiting_stat ?? 0;
  const age = spanOf(report.oldest_seconds ?? 0);
  const late = isLate(report);
  const error = report.error ?? '';
  const state = stateOf(gateway, silent);
  const { machine, digits } = nameOf(gateway);
  return (
    <li className={styles.item}>
      <div className={styles.line}>
        <Tag {...LOOKS[state]}>{t(`gateway.${state}`)}</Tag>
        <strong>{gateway.site}</strong>
        <span className={styles.number}>{gateway.ae_title}</span>
        {machine && <span>{t('gateway.machine', { machine })}</span>}
        {digits && <span className={styles.dim}>{t('gateway.digits', { digits })}</span>}
        <span className={styles.dim}>
          {t('gateway.seen')} <Time at={gateway.at} />
        </span>
        <span className={silent ? styles.dim : undefined}>
          {silent && t('gateway.then')}
          {report.waiting
            ? t('gateway.waiting', { count: report.waiting, size: sizeWords(report.waiting_bytes) })
            : t('gateway.empty')}
        </span>
        {urgent > 0 && (
          <span className={late ? styles.warn : styles.dim}>
            {t(late ? 'gateway.urgentLate' : 'gateway.urgent', {
              count: urgent,
              span: t(`gateway.span.${age.unit}`, { count: age.n }),
            })}
          </span>
        )}
        {error && (
          <span className={lasts(report) ? styles.warn : styles.dim}>{peerFault(`gateway.${error}`)}</span>
        )}
        {parked > 0 && <span className={styles.warn}>{t('gateway.parked', { count: parked })}</span>}
        {Math.abs(ahead) > 60 && (
          <span className={styles.warn}>
            {t(ahead > 0 ? 'gateway.clockFast' : 'gateway.clockSlow', {
              span: t(`gateway.span.${unit}`, { count: n }),
            })}
          </span>
        )}
      </div>
      {silent && <p className={styles.todo}>{t('gateway.do')}</p>}
    </li>
  );
}
