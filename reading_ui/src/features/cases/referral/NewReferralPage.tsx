import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { StartForm } from '../draft/StartForm';
import { useOrigin } from '../draft/useOrigin';

/** Where a referral begins: its source says the case and fills in what it knows; one question is left, up or down. */
export function NewReferralPage() {
  const { t } = useTranslation('cases');
  const [search] = useSearchParams();
  const origin = useOrigin(search);
  useTitle(t('referral.new.title'));
  if (!origin.known) return <Empty icon="route" title={t('referral.new.none')} />;
  if (origin.error) return <Trouble error={origin.error} onRetry={origin.retry} />;
  if (!origin.start) return <SkeletonRows rows={6} />;
  const { who } = origin.start;
  return (
    <>
      <IdentityStrip
        patient={who.patient}
        siteName={who.site}
        studyAt={who.studyAt}
        description={who.about}
      />
      <StartForm key={search.toString()} origin={origin.start} />
    </>
  );
}
