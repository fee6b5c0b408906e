import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import type { ReportView } from '@/api/types';
import { Button } from '@/ui/Button';
import { GroundWords, PaperLink } from '@/ui/Ground';
import { sayProblem } from '@/ui/problemText';
import { ReportTag } from '@/ui/ReportTag';
import { Time } from '@/ui/Time';
import { toast } from '@/ui/toast';
import styles from './StudyPage.module.css';

const sections = ['findings', 'impression', 'advice'] as const;

/** The report as text, with its signature; the signed paper and a check of the signature one click away. */
export function ReportCard({ report: known }: { report: ReportView }) {
  const { t } = useTranslation('study');
  const signed = known.state === 'signed' || known.state === 'addended';
  // Asking for the report itself is what the server writes down as "read" for the hospital that waited for it.
  const opened = useQuery({
    queryKey: [...keysOf.report(known.id), known.version],
    queryFn: ({ signal }) => calls.report(known.id, signal),
    enabled: signed,
  });
  const report = opened.data ?? known;
  const verify = useMutation({
    mutationFn: () => calls.verifyReport(report.id),
    onSuccess: ({ valid }) =>
      toast(t(valid ? 'report.valid' : 'report.invalid'), { tone: valid ? 'done' : 'problem' }),
    onError: sayProblem,
  });
  return (
    <section className={styles.card}>
      <header className={styles.cardHead}>
        <h2>{t('report.title')}</h2>
        <ReportTag state={report.state} />
        {signed && (
          <span className={styles.right}>
            <Button busy={verify.isPending} onClick={() => verify.mutate()}>
              {t('report.verify')}
            </Button>
            {report.pdf_ready ? (
              <PaperLink reportId={report.id} ground={known} className={styles.paper}>
                {t('report.pdf')}
              </PaperLink>
            ) : (
              <span className={styles.dim}>{t('report.pdfComing')}</span>
            )}
          </span>
        )}
      </header>
      {/* Of the study's answer: a report that was opened before does not change when images do. */}
      <GroundWords ground={known} />
      {sections
        .filter((section) => report[section])
        .map((section) => (
          <div key={section} className={styles.section}>
            <h3>{t(`report.${section}`)}</h3>
            <p>{report[section]}</p>
          </div>
        ))}
      {report.addenda.map((addendum) => (
        <div key={addendum.at} className={styles.section}>
          <h3>
            {t('report.addendum')} · {addendum.by.name} · <Time at={addendum.at} />
          </h3>
          <p>{addendum.text}</p>
        </div>
      ))}
      <footer className={styles.signature}>
        {report.author && <span>{t('report.author', { name: report.author.name })}</span>}
        {report.reviewer && <span>{t('report.reviewer', { name: report.reviewer.name })}</span>}
        <Time at={report.signed_at} />
        {report.signature && (
          <code title={report.signature.sha256}>SHA-256 {report.signature.sha256.slice(0, 16)}…</code>
        )}
      </footer>
      {report.receipts.length > 0 && (
        <ul className={styles.receipts}>
          {report.receipts.map((receipt) => (
            <li key={`${receipt.by.id}${receipt.at}`}>
              {t('report.readBy', { name: receipt.by.name, site: receipt.site })} <Time at={receipt.at} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
