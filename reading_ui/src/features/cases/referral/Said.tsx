import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Time } from '@/ui/Time';
import type { ReferralView } from '../types';
import styles from './page.module.css';

/** What went to and fro since it was sent; nothing of it, nothing shown. */
export function Said({ view }: { view: ReferralView }) {
  const { t } = useTranslation('cases');
  const taker = view.accepted_by?.name ?? (view.accepted_at ? t('referral.automatic') : '');
  const place = [view.department, view.bed].filter(Boolean).join(' ');
  const way = [view.vehicle, view.escort].filter(Boolean).join(' · ');
  const ended = view.reason_code && t(`referral.ended.${view.reason_code}`);
  return (
    <>
      {view.no_show_at && !view.arrived_at && (
        <Note tone="red" title={t('referral.noShow')}>
          {view.contact_name} {view.contact_phone}
        </Note>
      )}
      {view.outcome && (
        <Note title={`${t('referral.back')} · ${t(`referral.outcome.${view.outcome}`)}`}>
          {view.outcome_text}
        </Note>
      )}
      {ended && <Note title={`${t(`referral.state.${view.state}`)} · ${ended}`}>{view.reason_text}</Note>}
      {view.ask_text && (
        <Note tone={view.state === 'asked' ? 'yellow' : undefined} title={t('referral.asked')}>
          {view.ask_text}
        </Note>
      )}
      {view.answer_text && <Note title={t('referral.answered')}>{view.answer_text}</Note>}
      {view.departed_at && (
        <Note title={t('referral.way')}>
          {way}
          {view.expected_at && ` · ${t('referral.ask.expected')} `}
          {view.expected_at && <Time at={view.expected_at} />}
        </Note>
      )}
      {view.accepted_at && (
        <Note title={`${t('referral.place')} · ${taker}`}>
          {place} {view.slot_at && <Time at={view.slot_at} />}
          {view.note && <span>{view.note}</span>}
        </Note>
      )}
      {view.trail.map((step) => (
        <p key={step.at} className={styles.dim}>
          {t('referral.trail', { from: step.from_site, to: step.to_site, reason: step.reason })}{' '}
          <Time at={step.at} />
        </p>
      ))}
    </>
  );
}

function Note({ title, tone, children }: { title: string; tone?: 'red' | 'yellow'; children: ReactNode }) {
  return (
    <section className={cx(styles.note, tone && styles[tone])}>
      <h2>{title}</h2>
      <p className={styles.said}>{children}</p>
    </section>
  );
}
