import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Tag } from '@/ui/Band';
import type { ReferralView } from '../types';
import styles from './source.module.css';

/** What the referral began with, before and after it was sent; a critical finding by its name, level and words, with the way to it. */
export function Source({ view }: { view: ReferralView }) {
  const { t } = useTranslation('cases');
  const { critical } = view;
  if (!critical) {
    return <p className={styles.dim}>{t(`referral.new.from.${view.from_kind}`, { defaultValue: '' })}</p>;
  }
  const withdrawn = critical.state === 'withdrawn';
  return (
    <section className={styles.finding} data-testid="finding" data-over={withdrawn ? '' : undefined}>
      <p className={styles.line}>
        <span className={styles.dim}>{t('referral.new.from.critical')}</span>
        <Tag band={withdrawn ? 'grey' : 'red'} icon="alarm">
          {t(`critical:levelShort.${critical.level}`)}
        </Tag>
        <b>{t(`critical:item.${critical.item}`, { defaultValue: critical.item })}</b>
        <span className={styles.dim}>{t(`critical:state.${critical.state}`)}</span>
        {critical.seen && <Link to={`/criticals?id=${critical.id}`}>{t('referral.toFinding')}</Link>}
      </p>
      {critical.text && <p className={styles.words}>{critical.text}</p>}
    </section>
  );
}
