import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ReportView } from '@/api/types';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import { TextArea } from '@/ui/Field';
import { Icon } from '@/ui/icons';
import { giveBack, releaseReview, takeReview } from './calls';
import { NOTHING_ID, NothingToRead } from './NothingToRead';
import { ReportText } from './ReportText';
import styles from './report.module.css';
import { SignDialog } from './SignDialog';
import type { ReportSlot } from './slot';
import { useTakeReport, useVerb } from './useReport';

const KEEP_MS = 60_000;

/** Handed in: the second reader takes it, gives it back with a reason, or signs it. */
export function ReviewPanel({ report, slot }: { report: ReportView; slot: ReportSlot }) {
  const { t } = useTranslation('report');
  const studyId = slot.study.study.id;
  const may = (verb: string) => report.verbs.includes(verb);
  const nothing = may('sign') && slot.images?.count === 0;
  const [asking, setAsking] = useState<'back' | 'sign' | null>(null);
  const take = useVerb(studyId, () => takeReview(report.id));
  const release = useVerb(studyId, () => releaseReview(report.id));
  useKeepReview(report, may('sign'), studyId);
  return (
    <>
      <div className={styles.body}>
        <p className={styles.dim}>{t('submittedAt', { at: fullTime(report.submitted_at) })}</p>
        <Holder report={report} personId={slot.personId} />
        <ReportText report={report} />
        {asking === 'back' && <GiveBack report={report} studyId={studyId} onClose={() => setAsking(null)} />}
      </div>
      {slot.flags({ reportId: report.id, version: report.version })}
      {nothing && <NothingToRead />}
      <footer className={styles.foot}>
        {may('take_review') && (
          <Button tone="next" icon="check" busy={take.isPending} onClick={() => take.mutate()}>
            {t('review.take')}
          </Button>
        )}
        {may('release_review') && (
          <Button busy={release.isPending} onClick={() => release.mutate()}>
            {t('review.release')}
          </Button>
        )}
        {may('give_back') && <Button onClick={() => setAsking('back')}>{t('review.giveBack')}</Button>}
        {may('sign') && (
          <Button
            tone="next"
            icon="check"
            disabled={nothing}
            aria-describedby={nothing ? NOTHING_ID : undefined}
            onClick={() => setAsking('sign')}
          >
            {t('review.sign')}
          </Button>
        )}
        {slot.onNext && report.verbs.length === 0 && <Button onClick={slot.onNext}>{t('next')}</Button>}
      </footer>
      {asking === 'sign' && (
        <SignDialog
          report={report}
          study={slot.study}
          images={slot.images}
          onClose={() => setAsking(null)}
          onNext={slot.onNext}
        />
      )}
    </>
  );
}

function Holder({ report, personId }: { report: ReportView; personId: string }) {
  const { t } = useTranslation('report');
  if (!report.lock) return null;
  const mine = report.lock.by === personId;
  return (
    <p className={styles.holder}>
      <Icon name="lock" size={13} />
      {mine ? t('review.mine') : t('review.other', { name: report.lock.name })}
    </p>
  );
}

/** The review is ours under a lease; taking it again extends it. */
function useKeepReview(report: ReportView, holding: boolean, studyId: string): void {
  const accept = useTakeReport(studyId);
  const { id } = report;
  useEffect(() => {
    if (!holding) return;
    const timer = setInterval(() => void takeReview(id).then(accept, () => undefined), KEEP_MS);
    return () => clearInterval(timer);
  }, [accept, holding, id]);
}

function GiveBack({
  report,
  studyId,
  onClose,
}: {
  report: ReportView;
  studyId: string;
  onClose: () => void;
}) {
  const { t } = useTranslation('report');
  const [reason, setReason] = useState('');
  const back = useVerb(studyId, (why: string) => giveBack(report.id, why));
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        back.mutate(reason.trim(), { onSuccess: onClose });
      }}
    >
      <TextArea
        label={t('review.reason')}
        hint={t('review.reasonHint')}
        autoFocus
        value={reason}
        maxLength={2000}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className={styles.row}>
        <Button onClick={onClose}>{t('cancel')}</Button>
        <Button type="submit" tone="next" busy={back.isPending} disabled={reason.trim() === ''}>
          {t('review.giveBackNow')}
        </Button>
      </div>
    </form>
  );
}
