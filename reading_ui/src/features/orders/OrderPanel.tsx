import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Button } from '@/ui/Button';
import { SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { Candidates } from './Candidates';
import * as calls from './calls';
import { reasonOf } from './form';
import { OrderForm } from './OrderForm';
import styles from './orders.module.css';
import { ReasonForm } from './ReasonForm';
import type { OrderItem, OrderLink, OrderStep, OrderView } from './types';
import { useDeed, useOrder } from './useOrders';
import { Likeness, Person, PriorityTag, StateTag } from './words';

/** An order whole: what was asked, what the device reported, which studies answer it, and what may be done. */
export function OrderPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation('orders');
  const found = useOrder(id);
  return (
    <aside className={styles.panel} aria-label={t('details')} data-testid="order">
      <Button className={styles.shut} tone="bare" icon="close" aria-label={t('ui:close')} onClick={onClose} />
      {found.isPending && <SkeletonRows rows={6} />}
      {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Whole view={found.data} />}
    </aside>
  );
}

function Whole({ view }: { view: OrderView }) {
  const { t } = useTranslation('orders');
  const { order, links, steps, verbs } = view;
  const [doing, setDoing] = useState<'edit' | 'cancel' | 'link' | null>(null);
  const cancel = useDeed(
    (reason: string) => calls.cancel(order.id, order.version, reason),
    t('done.cancelled'),
    () => setDoing(null),
  );
  const live = links.filter((link) => !link.undone_at);
  return (
    <>
      <header className={styles.who}>
        <Person of={order} />
        <p>
          <PriorityTag priority={order.priority} /> <StateTag order={order} />
        </p>
      </header>
      <Said order={order} />
      <div className={styles.actions}>
        {verbs.includes('edit') && <Button onClick={() => setDoing('edit')}>{t('verb.edit')}</Button>}
        {verbs.includes('link') && <Button onClick={() => setDoing('link')}>{t('verb.link')}</Button>}
        {verbs.includes('cancel') && (
          <Button tone="danger" onClick={() => setDoing('cancel')}>
            {t('verb.cancel')}
          </Button>
        )}
      </div>
      {doing === 'cancel' && (
        <ReasonForm
          label={t('why.cancel')}
          go={t('verb.cancel')}
          busy={cancel.isPending}
          onSend={(reason) => cancel.mutate(reason)}
          onClose={() => setDoing(null)}
        />
      )}
      {doing === 'link' && <Candidates order={order} onClose={() => setDoing(null)} />}
      {doing === 'edit' && (
        <OrderForm order={order} onClose={() => setDoing(null)} onDone={() => setDoing(null)} />
      )}
      <h3>{t('studies', { n: live.length })}</h3>
      {links.length === 0 && <p className={styles.dim}>{t('noStudies')}</p>}
      {links.map((link) => (
        <LinkedStudy key={link.study.id + link.at} order={order} link={link} may={verbs.includes('link')} />
      ))}
      {steps.length > 0 && <h3>{t('steps')}</h3>}
      {steps.map((step) => (
        <Step key={step.began_at + step.station} step={step} />
      ))}
    </>
  );
}

function Said({ order }: { order: OrderItem }) {
  const { t } = useTranslation('orders');
  const rows: Array<[string, string]> = [
    [t('field.procedure'), [order.modality, order.procedure, order.body_part].filter(Boolean).join(' · ')],
    [t('field.question'), order.question],
    [t('field.diagnosis'), order.diagnosis],
    [t('field.accession'), order.accession],
    [t('field.station'), order.station || t('anyStation')],
    [t('field.physician'), order.physician],
    [t('field.issuer'), order.issuer],
    [t('why.cancelled'), order.cancel_reason ?? ''],
  ];
  return (
    <dl className={styles.said}>
      {rows
        .filter(([, words]) => words)
        .map(([label, words]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      <div>
        <dt>{t('field.scheduled_at')}</dt>
        <dd>
          <Time at={order.scheduled_at} />
        </dd>
      </div>
      <div>
        <dt>{t('registered')}</dt>
        <dd>
          {order.registered_by} · <Time at={order.registered_at} /> · {order.site.name}
        </dd>
      </div>
    </dl>
  );
}

function LinkedStudy({ order, link, may }: { order: OrderItem; link: OrderLink; may: boolean }) {
  const { t } = useTranslation('orders');
  const [asking, setAsking] = useState(false);
  const unlink = useDeed(
    (reason: string) => calls.unlink(order.id, link.study.id, reason),
    t('done.unlinked'),
    () => setAsking(false),
  );
  const { study } = link;
  return (
    <div className={styles.linked} data-undone={link.undone_at ? '' : undefined}>
      <p>
        <Link to={`/studies/${study.id}`}>{study.name}</Link> {study.modality} {study.description}{' '}
        <span className={styles.dim}>{t('imageCount', { count: study.instance_count })}</span>
      </p>
      <p className={styles.dim}>
        {t(`how.${link.how}`)} · {link.how === 'person' && `${link.by} · `}
        <Time at={link.at} />
        {link.reason &&
          ` · ${reasonOf(link.reason, (more) => t(more ? 'from.linkedWhy' : 'from.linked', { more }))}`}
      </p>
      {link.differs.length > 0 && <Likeness agrees={[]} differs={link.differs} />}
      {link.undone_at ? (
        <p className={styles.undone}>
          {t('undone', { name: link.undone_by ?? '', why: link.undone_why ?? '' })}
        </p>
      ) : (
        may && !asking && <Button onClick={() => setAsking(true)}>{t('verb.unlink')}</Button>
      )}
      {asking && (
        <ReasonForm
          label={t('why.unlink')}
          go={t('verb.unlink')}
          busy={unlink.isPending}
          onSend={(reason) => unlink.mutate(reason)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

function Step({ step }: { step: OrderStep }) {
  const { t } = useTranslation('orders');
  return (
    <p className={styles.linked}>
      {t(`step.${step.state}`)} · {step.station} <Time at={step.began_at} />
      {step.ended_at && (
        <>
          {' – '}
          <Time at={step.ended_at} />
        </>
      )}{' '}
      <span className={styles.dim}>{t('imageCount', { count: step.objects })}</span> {step.reason}
    </p>
  );
}
