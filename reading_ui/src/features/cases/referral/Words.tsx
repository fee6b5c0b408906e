import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/ui/icons';
import type { Item, ReferralView } from '../types';
import { isMet, listOf, useWordOf } from './library';
import styles from './page.module.css';
import { useLibrary } from './useReferral';

/** What the sender wrote: the criteria under their version, the words, plan and pathway, consent and contact. */
export function Words({ view }: { view: ReferralView }) {
  const { t } = useTranslation('cases');
  const wordOf = useWordOf();
  const library = useLibrary();
  const list = listOf(library, view.direction, view.disease);
  const pathway = library?.pathways.find((one) => one.key === view.pathway);
  const met = view.criteria_met ?? (list ? isMet(list, view.ticked) : false);
  const heading = t(view.direction === 'up' ? 'referral.form.criteria' : 'referral.form.stable');
  return (
    <section className={styles.card}>
      <dl className={styles.words}>
        <Row name={t('referral.form.disease')}>{list && wordOf(list)}</Row>
        {list && (
          <Row name={heading}>
            <Ticked items={list.items} ticked={view.ticked} />
            <span className={met ? styles.dim : styles.warn}>
              {t(met ? 'referral.form.met' : 'referral.unmet')} ·{' '}
              {t('referral.form.version', { n: view.criteria_version })}
            </span>
          </Row>
        )}
        <Row name={t('referral.form.reason')}>{view.reason}</Row>
        <Row name={t('referral.form.summary')}>{view.summary}</Row>
        <Row name={t('referral.form.department')}>{view.wanted_department}</Row>
        <Row name={t('referral.form.plan')}>{view.plan}</Row>
        <Row name={t('referral.form.medication')}>{view.medication}</Row>
        {list && view.turn_back.length > 0 && (
          <Row name={t('referral.form.turnBack')}>
            <Ticked items={list.turn_back} ticked={view.turn_back} />
            {view.turn_back_text}
          </Row>
        )}
        {pathway && (
          <Row name={t('referral.form.pathway')}>
            {wordOf(pathway)}
            <ol className={styles.visits}>
              {pathway.visits.map((visit) => (
                <li key={visit.day}>
                  <span className={styles.dim}>{t('referral.form.visit', { day: visit.day })}</span>{' '}
                  {wordOf(visit)}
                </li>
              ))}
            </ol>
          </Row>
        )}
        <Row name={t('referral.form.consent')}>
          {view.consent && t(`referral.form.consentKind.${view.consent}`)}
        </Row>
        <Row name={t('referral.form.contact')}>
          {[...new Set([view.created_by.name, view.contact_name, view.contact_phone])]
            .filter(Boolean)
            .join(' · ')}
        </Row>
      </dl>
    </section>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Ticked({ items, ticked }: { items: Item[]; ticked: string[] }) {
  const wordOf = useWordOf();
  return (
    <ul>
      {items
        .filter((item) => ticked.includes(item.code))
        .map((item) => (
          <li key={item.code} className={styles.tick}>
            <Icon name="check" size={13} /> {wordOf(item)}
          </li>
        ))}
    </ul>
  );
}
