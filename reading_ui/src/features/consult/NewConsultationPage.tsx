import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useSession } from '@/api/session';
import { SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { begin } from './beginning';
import { Picker } from './Picker';

/** Route /consultations/new?study=|case=|from=. With a study or a case it leads straight to the filled-in request. */
export function NewConsultationPage() {
  const { t } = useTranslation('consult');
  const [search, setSearch] = useSearchParams();
  useTitle(t('new'));
  const study = search.get('study');
  const about = search.get('case');
  if (study || about) {
    return <Beginning key={`${study}${about}`} study={study} about={about} from={search.get('from')} />;
  }
  return <Picker onPick={(chosen) => setSearch({ ...Object.fromEntries(search), ...chosen })} />;
}

function Beginning({
  study,
  about,
  from,
}: {
  study: string | null;
  about: string | null;
  from: string | null;
}) {
  const navigate = useNavigate();
  const me = useSession((session) => session.me);
  const [attempt, setAttempt] = useState(0);
  const draft = useQuery({
    queryKey: ['consultation-draft', study, about, attempt],
    queryFn: () =>
      me ? begin({ study, case: about, from }, me) : Promise.reject(new Error('nobody is here')),
    retry: false,
    gcTime: 0,
  });
  useEffect(() => {
    if (draft.data) navigate(`/consultations/${draft.data}`, { replace: true });
  }, [draft.data, navigate]);
  if (draft.isError) return <Trouble error={draft.error} onRetry={() => setAttempt(attempt + 1)} />;
  return <SkeletonRows rows={10} />;
}
