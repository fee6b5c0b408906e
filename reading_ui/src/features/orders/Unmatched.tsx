import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Button } from '@/ui/Button';
import { reasonText } from '@/ui/reasonText';
import { Segments } from '@/ui/Segments';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import * as calls from './calls';
import { keys } from './calls';
import { LinkVerb } from './LinkVerb';
import { OrderForm } from './OrderForm';
import styles from './orders.module.css';
import { ReasonForm } from './ReasonForm';
import type { OrderCandidate, UnmatchedStudy } from './types';
import { useDeed } from './useOrders';
import { Likeness, Person } from './words';

/** Studies that came without a certain order: why, the likeliest orders, and what to do. Orders without images have a list of their own. */
export function Unmatched({ q, mayOrder, onOrder }: Omit<LonelyProps, 'item'> & { q: string }) {
  const { t } = useTranslation('orders');
  const [state, setState] = useState<'open' | 'aside'>('open');
  const found = useQuery({
    queryKey: keys.unmatched(state, q),
    queryFn: ({ signal }) => calls.unmatched(state, q, signal),
    placeholderData: (before, query) => (query?.queryKey[2] === state ? before : undefined),
  });
  const items = found.data?.items ?? [];
  return (
    <div className={styles.unmatched}>
      <div className={styles.hint}>
        <Segments
          label={t('unmatched.states')}
          segments={[
            { key: 'open', label: t('unmatched.open') },
            { key: 'aside', label: t('unmatched.aside') },
          ]}
          chosen={state}
          onChoose={setState}
        />
        <p className={styles.dim}>{t('unmatched.hint')}</p>
      </div>
      {found.isPending && <SkeletonRows rows={6} />}
      {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && items.length === 0 && (
        <Empty icon={q ? 'search' : 'check'} title={t(`unmatched.empty.${q ? 'search' : state}`)}>
          {t(q ? 'unmatched.searchHint' : 'unmatched.emptyHint')}
        </Empty>
      )}
      {items.map((item) => (
        <Lonely key={item.study.id} item={item} mayOrder={mayOrder} onOrder={onOrder} />
      ))}
    </div>
  );
}

interface LonelyProps {
  item: UnmatchedStudy;
  /** Whether the person may register orders, not only link them. */
  mayOrder: boolean;
  onOrder: (id: string) => void;
}

function Lonely({ item, mayOrder, onOrder }: LonelyProps) {
  const { t } = useTranslation('orders');
  const { study } = item;
  const [registering, setRegistering] = useState(false);
  const [asking, setAsking] = useState(false);
  const aside = useDeed((reason: string) => calls.setAside(study.id, reason), t('done.aside'));
  const back = useDeed(() => calls.takeUp(study.id), t('done.back'));
  return (
    <article className={styles.lonely} data-testid="unmatched">
      <div className={styles.study}>
        <Person of={study} />
        <p>
          <Link to={`/studies/${study.id}`}>
            {[study.modality, study.description].filter(Boolean).join(' ') || t('ui:identity.nameless')}
          </Link>{' '}
          <span className={styles.dim}>{t('imageCount', { count: study.instance_count })}</span>{' '}
          <Time at={study.arrived_at} />{' '}
          <span className={styles.dim}>
            {t('field.accession')}{' '}
            {study.accession ? <span className={styles.id}>{study.accession}</span> : '—'}
          </span>
        </p>
        {item.note && (
          <p className={styles.dim}>{t('undone', { name: item.closed_by ?? '', why: item.note })}</p>
        )}
        <div className={styles.reasoned}>
          <p className={styles.why}>{reasonText('orders:reason.', item.why)}</p>
          {item.state === 'aside' ? (
            <Button busy={back.isPending} onClick={() => back.mutate(undefined)}>
              {t('verb.back')}
            </Button>
          ) : (
            !asking && (
              <span className={styles.verbs}>
                {mayOrder && (
                  <Button icon="plus" onClick={() => setRegistering(true)}>
                    {t('unmatched.register')}
                  </Button>
                )}
                <Button onClick={() => setAsking(true)}>{t('verb.aside')}</Button>
              </span>
            )
          )}
        </div>
        {registering && (
          <OrderForm
            from={item}
            onOrder={onOrder}
            onClose={() => setRegistering(false)}
            onDone={(view) => onOrder(view.order.id)}
          />
        )}
        {asking && (
          <ReasonForm
            label={t('why.aside')}
            go={t('verb.aside')}
            busy={aside.isPending}
            onSend={(reason) => aside.mutate(reason)}
            onClose={() => setAsking(false)}
          />
        )}
      </div>
      <div className={styles.choices}>
        <h3>{t('unmatched.candidates')}</h3>
        {item.candidates.length === 0 && <p className={styles.dim}>{t('unmatched.none')}</p>}
        {item.candidates.map((one) => (
          <Choice key={one.order.id} studyId={study.id} one={one} onOrder={onOrder} />
        ))}
      </div>
    </article>
  );
}

interface ChoiceProps {
  studyId: string;
  one: OrderCandidate;
  onOrder: (id: string) => void;
}

function Choice({ studyId, one, onOrder }: ChoiceProps) {
  const { t } = useTranslation('orders');
  const { order } = one;
  return (
    <div className={styles.choice}>
      <div>
        <Person of={order} />
        <p>
          <button type="button" className={styles.open} onClick={() => onOrder(order.id)}>
            {order.modality} {order.procedure} · {order.accession}
          </button>{' '}
          <Time at={order.scheduled_at} /> <span className={styles.dim}>{t(`state.${order.state}`)}</span>
        </p>
        <Likeness agrees={one.agrees} differs={one.differs} />
      </div>
      <LinkVerb orderId={order.id} studyId={studyId} differs={one.differs} />
    </div>
  );
}
