import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import type { Peer } from '@/api/types';
import { cx } from '@/lib/cx';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { faultStands, peerFault } from '@/ui/peerFault';
import { problemText, sayProblem } from '@/ui/problemText';
import { Time } from '@/ui/Time';
import { toast } from '@/ui/toast';
import { AskFirst } from './AskFirst';
import styles from './admin.module.css';
import * as calls from './adminCalls';
import { PeerForm } from './PeerForm';
import { Table } from './Table';
import { TokensButton } from './Tokens';
import { useChange, useSiteName } from './useAdmin';

export function Peers() {
  const { t } = useTranslation('admin');
  const peers = useQuery({ queryKey: keysOf.admin('peers'), queryFn: calls.peers });
  const nameOf = useSiteName();
  const [editing, setEditing] = useState<Peer | 'new' | null>(null);
  const [asking, setAsking] = useState<Peer | null>(null);
  const change = useChange(
    'peers',
    ({ id, disabled }: { id: string; disabled: boolean }) => calls.changePeer(id, { disabled }),
    t('done.changed'),
  );
  return (
    <>
      <p className={styles.bar}>
        <Button tone="next" icon="plus" onClick={() => setEditing('new')}>
          {t('peers.add')}
        </Button>
      </p>
      <Table
        heads={[
          t('peers.ae'),
          t('peers.site'),
          t('peers.address'),
          t('peers.port'),
          t('peers.charset'),
          t('line.secure'),
          t('peers.seen'),
          '',
        ]}
        rows={peers.data?.items}
        error={peers.error}
        empty={t('peers.empty')}
        onRetry={() => void peers.refetch()}
        keyOf={(peer) => peer.id}
        dim={(peer) => peer.disabled}
        cells={(peer) => [
          <strong key="ae" className={cx(styles.mono, styles.title)}>
            {peer.ae_title}
          </strong>,
          <span key="site" className={styles.title}>
            {nameOf(peer.site_id)}
          </span>,
          <span key="address" className={styles.mono}>
            {peer.address}
          </span>,
          peer.host ? (
            <span key="port" className={styles.mono}>
              {peer.host}:{peer.port}
            </span>
          ) : (
            <span key="port" className={styles.dim}>
              {t('peers.noHost')}
            </span>
          ),
          peer.charset ?? t('peers.auto'),
          <Secure key="secure" peer={peer} />,
          <Seen key="seen" peer={peer} />,
          <span key="buttons" className={styles.buttons}>
            <EchoButton peer={peer} />
            <TokensButton peer={peer} />
            <Button onClick={() => setEditing(peer)}>{t('edit')}</Button>
            <Button
              onClick={() =>
                peer.disabled ? change.mutate({ id: peer.id, disabled: false }) : setAsking(peer)
              }
            >
              {t(peer.disabled ? 'enable' : 'disable')}
            </Button>
          </span>,
        ]}
      />
      {asking && (
        <AskFirst
          title={t('peers.ask.title', { ae: asking.ae_title, site: nameOf(asking.site_id) })}
          go={t('disable')}
          onGo={() => change.mutate({ id: asking.id, disabled: true })}
          onClose={() => setAsking(null)}
        >
          <p>{t('peers.ask.stops')}</p>
          {asking.last_seen_at && (
            <p>
              {t('peers.ask.seen')}
              <Time at={asking.last_seen_at} />
            </p>
          )}
        </AskFirst>
      )}
      {editing && (
        <PeerForm
          peer={editing === 'new' ? null : editing}
          charsets={peers.data?.charsets ?? []}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

/** Whether its line is encrypted: that it must be, that its certificate is known, how it last called. */
function Secure({ peer }: { peer: Peer }) {
  const { t } = useTranslation('admin');
  const title = peer.fingerprint ? `SHA-256 ${peer.fingerprint}` : undefined;
  if (peer.tls_required)
    return (
      <Tag band="plain" icon="lock" title={title}>
        {t(peer.fingerprint ? 'line.pinned' : 'line.must')}
      </Tag>
    );
  if (peer.fingerprint)
    return (
      <Tag band="plain" title={title}>
        {t('line.known')}
      </Tag>
    );
  return (
    <span className={cx(styles.dim, styles.title)}>{t(peer.last_secure ? 'line.used' : 'line.clear')}</span>
  );
}

/** When it last called, and what went wrong if something did: since then, or at some time before. */
function Seen({ peer }: { peer: Peer }) {
  const { t } = useTranslation('admin');
  if (peer.disabled) return <Tag band="grey">{t('disabled')}</Tag>;
  const since = peer.last_seen_at ?? '';
  const stands = faultStands(peer);
  return (
    <>
      {since ? <Time at={since} /> : <span>{t('peers.never')}</span>}
      {peer.last_error && (
        <div className={stands ? styles.fault : styles.past} title={peer.last_error}>
          {!stands && `${t('peers.pastFault')} `}
          <Time at={peer.last_error_at} /> {peerFault(peer.last_error)}
        </div>
      )}
    </>
  );
}

/** Calls the device back with C-ECHO and says what came of it. */
function EchoButton({ peer }: { peer: Peer }) {
  const { t } = useTranslation('admin');
  const echo = useMutation({
    mutationFn: () => calls.echoPeer(peer.id),
    onSuccess: (said) => {
      const words = t([said.code ?? 'echo.failed', 'echo.failed'], {
        ae: peer.ae_title,
        ms: said.milliseconds ?? 0,
      });
      toast(words, { tone: said.ok ? 'done' : 'problem' });
    },
    onError: sayProblem,
  });
  const why = peer.host ? (echo.isError ? problemText(echo.error) : undefined) : t('echo.noHost');
  return (
    <Button
      busy={echo.isPending}
      disabled={!peer.host}
      title={why}
      aria-description={why}
      onClick={() => echo.mutate()}
    >
      {t('peers.echo')}
    </Button>
  );
}
