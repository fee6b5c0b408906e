import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { useWidth } from '@/ui/useWidth';
import { useAbout } from '../timeline/about';
import { isStep } from '../timeline/kinds';
import { type CaseThen, caseThen } from '../timeline/replay';
import { Timeline } from '../timeline/Timeline';
import type { CaseFact, CaseView } from '../types';
import { Attachments } from './Attachments';
import { CaseActions } from './CaseActions';
import styles from './CasePage.module.css';
import { FollowUps } from './FollowUps';
import { Matters } from './Matters';
import { Studies } from './Studies';
import { Summary } from './Summary';
import { useCase } from './useCase';

/** A case whole: who, what runs, studies, papers, and every step with who did it; also as it was at any moment. */
export function CasePage({ extra }: { extra?: (view: CaseView) => ReactNode }) {
  const { t } = useTranslation('cases');
  const { caseId = '' } = useParams();
  const { view, facts } = useCase(caseId);
  useTitle(view.data ? `${view.data.patient.name} ${view.data.number}` : t('title'));
  if (view.isPending) return <SkeletonRows rows={10} />;
  if (view.isError) return <Trouble error={view.error} onRetry={() => void view.refetch()} />;
  return (
    <Body
      key={caseId}
      view={view.data}
      extra={extra}
      facts={facts.data ?? []}
      known={facts.isSuccess}
      trouble={facts.isError ? <Trouble error={facts.error} onRetry={() => void facts.refetch()} /> : null}
    />
  );
}

/** Below this the actions leave the patient's strip: the name never gives way to a button. */
const NARROW = 720;

interface Props {
  view: CaseView;
  /** What the application adds to what may be asked about the case. */
  extra?: (view: CaseView) => ReactNode;
  facts: CaseFact[];
  /** The facts are here: until then nobody may say that nothing happened. */
  known: boolean;
  trouble: ReactNode;
}

function Body({ view, extra, facts, known, trouble }: Props) {
  const [at, setAt] = useState<number | null>(null);
  const about = useAbout(view);
  const then = at === null ? null : thenOf(facts, at);
  const [frame, width] = useWidth();
  const narrow = width > 0 && width < NARROW;
  const actions = (
    <CaseActions view={view} then={then}>
      {!then && view.verbs.includes('meeting.propose') && extra?.(view)}
    </CaseActions>
  );
  return (
    <div ref={frame} className={styles.page} data-replay={then ? '' : undefined}>
      <IdentityStrip
        patient={view.patient}
        siteName={view.site.name}
        studyAt={null}
        description={`${view.number} · ${view.title}`}
      >
        {!narrow && actions}
      </IdentityStrip>
      {narrow && <div className={styles.below}>{actions}</div>}
      <div className={styles.columns}>
        <div className={styles.main}>
          <Summary key={view.version} view={view} then={then} />
          {known && <Matters facts={facts} about={about} then={then} />}
          {known && <Timeline view={view} facts={facts} about={about} at={at} onAt={setAt} />}
          {trouble ?? (!known && <SkeletonRows rows={8} />)}
        </div>
        <aside className={styles.side}>
          <Studies view={view} about={about} then={then} />
          <Attachments view={view} then={then} />
          <FollowUps view={view} about={about} then={then} />
        </aside>
      </div>
    </div>
  );
}

function thenOf(facts: CaseFact[], at: number): CaseThen {
  const last = facts.filter(isStep)[at - 1];
  return caseThen(last ? facts.filter((fact) => fact.seq <= last.seq) : facts);
}
