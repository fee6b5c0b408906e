import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import type { ReportView, StudyView } from '@/api/types';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { toast } from '@/ui/toast';
import { sign } from './calls';
import { problemWords } from './problemWords';
import styles from './report.module.css';
import { useTakeReport } from './useReport';

interface Props {
  report: ReportView;
  study: StudyView;
  images: number | null;
  onClose: () => void;
  onNext: (() => void) | null;
}

/** The one place that asks twice: a signature cannot be taken back. */
export function SignDialog({ report, study, images, onClose, onNext }: Props) {
  const { t } = useTranslation('report');
  const take = useTakeReport(study.study.id);
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const cache = useQueryClient();
  const send = async () => {
    if (images === null) return;
    setBusy(true);
    setProblem(null);
    try {
      take(await sign(report.id, password, report.version, images));
      onClose();
      toast(t('signed.done'), { action: onNext ? { label: t('next'), run: onNext } : undefined });
    } catch (error) {
      setProblem(problemWords(error));
      setPassword('');
      // Whatever has changed is fetched: what is signed next is what then stands on the screen.
      for (const queryKey of [keysOf.study(study.study.id), keysOf.manifest(study.study.id)])
        void cache.invalidateQueries({ queryKey });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('sign.title')} onClose={onClose} wide>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <IdentityStrip
          patient={study.patient}
          siteName={study.site.name}
          studyAt={study.study.study_at}
          modalities={study.study.modalities}
          description={study.study.description}
        />
        <section className={styles.quote}>
          <h3>{t('section.impression')}</h3>
          <p>{report.impression}</p>
        </section>
        <p>{t('sign.what')}</p>
        <TextField
          label={t('sign.password')}
          type="password"
          autoComplete="current-password"
          data-first
          value={password}
          problem={problem}
          onChange={(event) => setPassword(event.target.value)}
        />
        <div className={styles.row}>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" tone="next" busy={busy} disabled={password === '' || images === null}>
            {t('sign.now')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
