import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { fullTime } from '@/lib/time';
import { DueClock } from '@/ui/DueClock';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { Actions } from './Actions';
import { FeedbackCard } from './FeedbackCard';
import { OpinionCard } from './OpinionCard';
import styles from './page.module.css';
import { RequestForm } from './RequestForm';
import { SideFacts } from './SideFacts';
import { Timeline } from './Timeline';
import type { Consultation } from './types';
import { useConsultation } from './useConsultation';
import { StateTag, UrgencyTag } from './Words';

/** Route /consultations/:id. A draft is the form it is written in; everything later is read, and acted on. */
export function ConsultationPage({ extra }: { extra?: (view: Consultation) => ReactNode }) {
  const { t } = useTranslation('consult');
  const { id = '' } = useParams();
  const found = useConsultation(id);
  const view = found.data;
  useTitle(view ? `${view.patient?.name ?? ''} ${view.number}` : t('title'));
  if (!view) {
    if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
    return <SkeletonRows rows={10} />;
  }
  const draft = view.state === 'draft' && view.verbs.includes('save');
  return (
    <div className={styles.page} data-testid="consultation" data-state={view.state}>
      <Strip view={view} />
      {draft ? (
        <RequestForm key={view.id} view={view} />
      ) : (
        <Overview key={view.id} view={view} extra={extra?.(view)} />
      )}
    </div>
  );
}

function Strip({ view }: { view: Consultation }) {
  const study = view.studies[0];
  const right = (
    <>
      {view.state !== 'draft' && <UrgencyTag urgency={view.urgency} />}
      <StateTag one={view} />
      <DueClock
        dueAt={view.due_at}
        startedAt={view.submitted_at ?? view.created_at}
        band={view.band}
        paused={view.paused}
      />
    </>
  );
  if (!view.patient) return <header className={styles.plain}>{right}</header>;
  return (
    <>
      <IdentityStrip
        patient={view.patient}
        siteName={view.requesting_site.name}
        studyAt={study?.study_at ?? null}
        modalities={study?.modalities ?? []}
        description={study?.description ?? view.case_title}
      >
        <span className={styles.stands}>{right}</span>
      </IdentityStrip>
      {view.state !== 'draft' && <div className={styles.below}>{right}</div>}
    </>
  );
}

function Overview({ view, extra }: { view: Consultation; extra: ReactNode }) {
  // What is asked stands above the answer while it is being written, and below it afterwards.
  const asked = <Asked view={view} />;
  return (
    <div className={styles.columns}>
      <div className={styles.main}>
        {view.state === 'supplement' && <Supplement view={view} />}
        <Actions view={view} extra={extra} />
        {view.state !== 'supplement' && <Supplement view={view} />}
        {!view.signed_at && asked}
        <OpinionCard view={view} />
        <FeedbackCard view={view} />
        {view.signed_at && asked}
        <Timeline view={view} />
      </div>
      <SideFacts view={view} />
    </div>
  );
}

function Asked({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  return (
    <section className={styles.card}>
      <h2>{t('column.question')}</h2>
      <p className={styles.question}>{view.question}</p>
      <h2>{t('field.summary')}</h2>
      <p className={styles.text}>{view.summary}</p>
    </section>
  );
}

function Supplement({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  if (!view.supplement_wanted) return null;
  return (
    <section className={styles.card}>
      <h2>{t('field.supplement')}</h2>
      <p className={styles.said} data-tone={view.state === 'supplement' ? 'wait' : undefined}>
        <b>{t('supplement.wanted')}</b> {view.supplement_wanted}
      </p>
      {view.supplement_due_at && (
        <p className={styles.line} data-testid="supplement-limit">
          <span>{t('supplement.until', { at: fullTime(view.supplement_due_at).slice(0, 16) })}</span>
          <DueClock dueAt={view.supplement_due_at} startedAt={null} band="blue" />
        </p>
      )}
      {view.supplement_text && (
        <p className={styles.said}>
          <b>{t('supplement.given')}</b> {view.supplement_text}
        </p>
      )}
    </section>
  );
}
