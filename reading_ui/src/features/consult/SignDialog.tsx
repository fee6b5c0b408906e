import { useTranslation } from 'react-i18next';
import { asProblem } from '@/api/problem';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { problemText } from '@/ui/problemText';
import { SignDialog as Asks } from '@/ui/SignDialog';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import type { Consultation, Opinion } from './types';
import { useTake } from './useVerb';

interface Props {
  view: Consultation;
  opinion: Opinion;
  version: number;
  onClose: () => void;
  /** Somebody has written meanwhile. */
  onStale: () => void;
}

/** The opinion as it will be signed. */
export function SignDialog({ view, opinion, version, onClose, onStale }: Props) {
  const { t } = useTranslation('consult');
  const take = useTake();
  const study = view.studies[0];
  const sign = async (password: string) => {
    try {
      const signed = await calls.act(view.id, 'sign', { password, version });
      onClose();
      toast(t('done.sign'));
      if (signed) take(signed);
    } catch (error) {
      if (asProblem(error).code === 'version.stale') onStale();
      throw error;
    }
  };
  return (
    <Asks
      title={t('sign.title')}
      words={{ note: t('sign.what'), password: t('sign.password'), now: t('sign.now') }}
      version={version}
      sign={sign}
      explain={problemText}
      onClose={onClose}
      who={
        view.patient && (
          <IdentityStrip
            patient={view.patient}
            siteName={view.requesting_site.name}
            studyAt={study?.study_at ?? null}
            modalities={study?.modalities}
            description={study?.description}
          />
        )
      }
      what={
        <>
          <h3>{t('opinion.diagnosis')}</h3>
          <p>{opinion.diagnosis}</p>
          <h3>{t('opinion.treatment')}</h3>
          <p>{opinion.treatment}</p>
          <h3>{t('opinion.refer')}</h3>
          <p>{opinion.refer && t(`refer.${opinion.refer}`)}</p>
        </>
      }
    />
  );
}
