import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import type { ReportView, StudyView } from '@/api/types';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { SignDialog as Asks } from '@/ui/SignDialog';
import { toast } from '@/ui/toast';
import { sign } from './calls';
import { problemWords } from './problemWords';
import type { SeenImages } from './slot';
import { useTakeReport } from './useReport';

interface Props {
  report: ReportView;
  study: StudyView;
  images: SeenImages | null;
  onClose: () => void;
  onNext: (() => void) | null;
}

/** The report as it will be signed, with the images that are on the screen. */
export function SignDialog({ report, study, images, onClose, onNext }: Props) {
  const { t } = useTranslation('report');
  const take = useTakeReport(study.study.id);
  const cache = useQueryClient();
  const send = async (password: string) => {
    if (images === null) return;
    try {
      take(await sign(report.id, password, report.version, images));
    } catch (error) {
      // Whatever has changed is fetched: what is signed next is what then stands on the screen.
      for (const queryKey of [keysOf.study(study.study.id), keysOf.manifest(study.study.id)])
        void cache.invalidateQueries({ queryKey });
      throw error;
    }
    onClose();
    toast(t('signed.done'), { action: onNext ? { label: t('next'), run: onNext } : undefined });
  };
  return (
    <Asks
      title={t('sign.title')}
      words={{ note: t('sign.what'), password: t('sign.password'), now: t('sign.now') }}
      ready={images !== null}
      version={`${report.version}/${images?.count}/${images?.version}`}
      sign={send}
      explain={problemWords}
      onClose={onClose}
      who={
        <IdentityStrip
          patient={study.patient}
          siteName={study.site.name}
          studyAt={study.study.study_at}
          modalities={study.study.modalities}
          description={study.study.description}
        />
      }
      what={
        <>
          <h3>{t('section.impression')}</h3>
          <p>{report.impression}</p>
        </>
      }
    />
  );
}
