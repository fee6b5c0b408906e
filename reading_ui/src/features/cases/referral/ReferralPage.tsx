import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { useWidth } from '@/ui/useWidth';
import * as calls from '../calls';
import { DraftPage } from '../draft/DraftPage';
import { caseKeys } from '../keys';
import type { ReferralView } from '../types';
import { Clock } from './Clock';
import styles from './page.module.css';
import { StateTag } from './StateTag';
import { useReferral } from './useReferral';
import { Way } from './Way';
import { Whole } from './Whole';

/** One referral: while it is written a form, afterwards everything that was said and what may be done next. */
export function ReferralPage({ extra }: { extra?: (view: ReferralView) => ReactNode }) {
  const { t } = useTranslation('cases');
  const { referralId = '' } = useParams();
  const found = useReferral(referralId);
  useTitle(found.data ? `${found.data.patient.name} ${found.data.number}` : t('referral.title'));
  if (found.isPending) return <SkeletonRows rows={10} />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <Page key={referralId} view={found.data} extra={extra?.(found.data)} reload={() => found.refetch()} />
  );
}

/** Below this the state leaves the patient's strip: the name never gives way to it. */
const NARROW = 720;

interface PageProps {
  view: ReferralView;
  /** What other parts of the house offer here. */
  extra: ReactNode;
  reload: () => Promise<unknown>;
}

function Page({ view, extra, reload }: PageProps) {
  const [round, setRound] = useState(0);
  const about = useQuery({
    queryKey: [...caseKeys.one(view.case_id), 'view'],
    queryFn: ({ signal }) => calls.caseOf(view.case_id, signal),
  });
  const [frame, width] = useWidth();
  const narrow = width > 0 && width < NARROW;
  const how = (
    <>
      <Way row={view} />
      <StateTag row={view} />
      <Clock row={view} />
    </>
  );
  const writing = view.state === 'draft' && view.verbs.includes('save');
  return (
    <div ref={frame} className={styles.page}>
      <IdentityStrip
        patient={view.patient}
        siteName={about.data?.site.name ?? '…'}
        studyAt={null}
        description={`${view.number} · ${view.from_site.name} → ${view.to_site?.name ?? '…'}`}
      >
        {!narrow && how}
      </IdentityStrip>
      {narrow && <div className={styles.below}>{how}</div>}
      {writing ? (
        <DraftPage key={round} view={view} onReload={() => void reload().then(() => setRound(round + 1))} />
      ) : (
        <Whole view={view} extra={extra} />
      )}
    </div>
  );
}
