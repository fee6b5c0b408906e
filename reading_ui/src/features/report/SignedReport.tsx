import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import type { ReportView } from '@/api/types';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import { PaperLink } from '@/ui/Ground';
import { Icon } from '@/ui/icons';
import { AddendumForm } from './AddendumForm';
import { fetchReport } from './calls';
import { ReportText } from './ReportText';
import styles from './report.module.css';
import type { ReportSlot } from './slot';
import { Verification } from './Verification';

interface Props {
  report: ReportView;
  slot: Pick<ReportSlot, 'study' | 'flags'>;
}

/** A signed report is asked for by itself: that is what receipts its reading to the reader's hospital. */
export function SignedReport({ report, slot }: Props) {
  const read = useQuery({
    queryKey: [...keysOf.report(report.id), report.version],
    queryFn: () => fetchReport(report.id),
    retry: false,
  });
  return <Final report={read.data ?? report} slot={slot} />;
}

/** Final: text, additions, and the facts of the signature. The same for reader, reviewer and requesting doctor. */
function Final({ report, slot }: Props) {
  const { t } = useTranslation('report');
  const [adding, setAdding] = useState(false);
  return (
    <>
      <div className={styles.body}>
        <p className={styles.seal}>
          <Icon name="check" />
          {t('signed.by', { name: report.reviewer?.name ?? '', at: fullTime(report.signed_at) })}
        </p>
        <ReportText report={report} />
        {report.addenda.map((addendum) => (
          <section key={addendum.at} className={styles.addendum}>
            <h3>{t('addendum.by', { name: addendum.by.name, at: fullTime(addendum.at) })}</h3>
            <p>{addendum.text}</p>
          </section>
        ))}
        {adding && <AddendumForm report={report} slot={slot} onClose={() => setAdding(false)} />}
        <Signature report={report} />
        <Verification key={report.version} reportId={report.id} />
      </div>
      <footer className={styles.foot}>
        {report.verbs.includes('addend') && !adding && (
          <Button icon="plus" onClick={() => setAdding(true)}>
            {t('addendum.add')}
          </Button>
        )}
        {report.pdf_ready ? (
          <PaperLink reportId={report.id} ground={slot.study.report ?? report} className={styles.pdf}>
            <Icon name="report" /> {t('pdf.open')}
          </PaperLink>
        ) : (
          <span className={styles.dim}>{t('pdf.making')}</span>
        )}
      </footer>
    </>
  );
}

function Signature({ report }: { report: ReportView }) {
  const { t } = useTranslation('report');
  const { signature } = report;
  if (!signature) return null;
  return (
    <details className={styles.signature}>
      <summary>
        {t('signed.facts')} <code>{signature.sha256.slice(0, 16)}…</code>
      </summary>
      <dl className={styles.facts}>
        <dt>{t('signed.sha256')}</dt>
        <dd>
          <code>{signature.sha256}</code>
        </dd>
        <dt>{t('signed.algorithm')}</dt>
        <dd>{signature.algorithm}</dd>
        <dt>{t('signed.key')}</dt>
        <dd>
          <code>{signature.key_id}</code>
        </dd>
      </dl>
    </details>
  );
}
