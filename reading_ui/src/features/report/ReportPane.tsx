import { useTranslation } from 'react-i18next';
import type { ReportView } from '@/api/types';
import { Button } from '@/ui/Button';
import { ReportTag } from '@/ui/ReportTag';
import { Late } from '@/ui/States';
import { Editor } from './Editor';
import { ReportText } from './ReportText';
import { ReviewPanel } from './ReviewPanel';
import styles from './report.module.css';
import { SignedReport } from './SignedReport';
import type { ReportSlot } from './slot';
import { useDraft } from './useDraft';

/** The words beside the pictures: what may be done with them depends on who is here and how far they are. */
export function ReportPane(slot: ReportSlot) {
  const { t } = useTranslation('report');
  const { report } = slot.study;
  return (
    <section className={styles.pane} aria-label={t('label')} data-testid="report">
      <header className={styles.head}>
        <h2>{t('label')}</h2>
        {report && <ReportTag state={report.state} />}
        {report?.author && <span className={styles.dim}>{t('author', { name: report.author.name })}</span>}
      </header>
      <Words slot={slot} report={report} />
    </section>
  );
}

function Words({ slot, report }: { slot: ReportSlot; report: ReportView | null }) {
  const begun = useDraft(slot);
  if (!report) return <NotYet slot={slot} busy={begun.busy} />;
  if (report.state === 'signed' || report.state === 'addended') {
    return <SignedReport report={report} slot={slot} />;
  }
  const writing = report.state === 'draft' && report.author?.id === slot.personId;
  if (writing && (slot.mine || slot.lost)) return <Editor key={report.id} report={report} slot={slot} />;
  if (report.state === 'draft') return <Unclaimed slot={slot} report={report} />;
  return <ReviewPanel report={report} slot={slot} />;
}

function NotYet({ slot, busy }: { slot: ReportSlot; busy: boolean }) {
  const { t } = useTranslation('report');
  if (busy || slot.mine) return <Late>{t('opening')}</Late>;
  return (
    <div className={styles.centre}>
      <p>{t(slot.onClaim ? 'claimFirst' : 'notSigned')}</p>
      {slot.onClaim && (
        <Button tone="next" icon="lock" onClick={slot.onClaim}>
          {t('claim')}
        </Button>
      )}
    </div>
  );
}

/** A draft of somebody else, or of our own with the task not in hand. */
function Unclaimed({ slot, report }: { slot: ReportSlot; report: ReportView }) {
  const { t } = useTranslation('report');
  return (
    <>
      <div className={styles.body}>
        <p className={styles.dim}>{t(slot.onClaim ? 'draftWaiting' : 'draftOther')}</p>
        <ReportText report={report} />
      </div>
      {slot.onClaim && (
        <footer className={styles.foot}>
          <Button tone="next" icon="lock" onClick={slot.onClaim}>
            {t('claim')}
          </Button>
        </footer>
      )}
    </>
  );
}
