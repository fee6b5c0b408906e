import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '@/api/client';
import { keysOf } from '@/api/queries';
import type { components } from '@/api/schema';
import type { Peer } from '@/api/types';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { sayProblem } from '@/ui/problemText';
import { Time } from '@/ui/Time';
import { AskFirst } from './AskFirst';
import styles from './admin.module.css';
import { Table } from './Table';
import { useCopy } from './useCopy';

type Token = components['schemas']['Token'];
const path = (peer: Peer) => `/api/admin/peers/${encodeURIComponent(peer.id)}/tokens`;

/** The tokens with which a gateway or a program of this peer comes in over HTTPS. */
export function TokensButton({ peer }: { peer: Peer }) {
  const { t } = useTranslation('admin');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('tokens.button')}</Button>
      {open && <TokensDialog peer={peer} onClose={() => setOpen(false)} />}
    </>
  );
}

function TokensDialog({ peer, onClose }: { peer: Peer; onClose: () => void }) {
  const { t } = useTranslation('admin');
  const cache = useQueryClient();
  const key = keysOf.admin(`tokens-${peer.id}`);
  const list = useQuery({ queryKey: key, queryFn: () => get<components['schemas']['Tokens']>(path(peer)) });
  const again = () => void cache.invalidateQueries({ queryKey: key });
  const issue = useMutation({
    mutationFn: () => post<components['schemas']['NewToken']>(path(peer)),
    onError: sayProblem,
    onSettled: again,
  });
  const [asking, setAsking] = useState<Token | null>(null);
  const revoke = useMutation({
    mutationFn: (token: Token) => post(`/api/admin/peers/tokens/${encodeURIComponent(token.id)}/revoke`),
    onSuccess: (_, token) => {
      if (issue.data?.token.endsWith(token.ending)) issue.reset(); // its link leads nowhere any more
    },
    onError: sayProblem,
    onSettled: again,
  });
  return (
    <Dialog title={t('tokens.title', { ae: peer.ae_title })} onClose={onClose}>
      <p className={styles.note}>{t('tokens.hint')}</p>
      {issue.data && (
        <>
          <p className={styles.note}>
            {t('tokens.once')} <code className={styles.command}>{t('tokens.command')}</code>
          </p>
          <NewLink link={issue.data.link} />
        </>
      )}
      <Table
        heads={[t('tokens.ending'), t('tokens.issued'), t('tokens.used'), '']}
        rows={list.data?.items}
        error={list.error}
        empty={t('tokens.empty')}
        onRetry={again}
        keyOf={(token) => token.id}
        dim={(token) => token.revoked_at !== null}
        cells={(token) => [
          <span key="ending" className={styles.mono}>
            …{token.ending}
          </span>,
          <span key="issued">
            <Time at={token.issued_at} /> {token.issued_by}
          </span>,
          token.used_at ? <Time key="used" at={token.used_at} /> : t('tokens.never'),
          token.revoked_at ? (
            t('tokens.revoked')
          ) : (
            <Button key="revoke" tone="danger" busy={revoke.isPending} onClick={() => setAsking(token)}>
              {t('tokens.revoke')}
            </Button>
          ),
        ]}
      />
      {asking && (
        <AskFirst
          title={t('tokens.ask.title', { ae: peer.ae_title, ending: asking.ending })}
          go={t('tokens.revoke')}
          onGo={() => revoke.mutate(asking)}
          onClose={() => setAsking(null)}
        >
          <p>{t('tokens.ask.stops')}</p>
          <p>
            {t('tokens.ask.used')}
            {asking.used_at ? (
              <>
                <Time at={asking.used_at} /> {asking.used_from}
              </>
            ) : (
              t('tokens.never')
            )}
          </p>
        </AskFirst>
      )}
      <div className={styles.actions}>
        <Button onClick={onClose}>{t('ui:close')}</Button>
        <Button tone={issue.data ? 'plain' : 'next'} busy={issue.isPending} onClick={() => issue.mutate()}>
          {t('tokens.issue')}
        </Button>
      </div>
    </Dialog>
  );
}

/** The whole link on as many lines as it needs, with a button that copies it. */
function NewLink({ link }: { link: string }) {
  const { t } = useTranslation('admin');
  const { copied, copy } = useCopy(link);
  return (
    <div className={styles.newLink}>
      <textarea
        className={styles.link}
        readOnly
        rows={3}
        value={link}
        aria-label={t('tokens.link')}
        onFocus={(event) => event.target.select()}
      />
      <Button tone="next" icon={copied ? 'check' : undefined} onClick={copy}>
        {t(copied ? 'link.copied' : 'link.copy')}
      </Button>
    </div>
  );
}
