import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useParams } from 'react-router';
import { useSession } from '@/api/session';
import type { StudyView } from '@/api/types';
import { SkeletonRows, Trouble } from '@/ui/States';
import { ReadingRoom } from './ReadingRoom';
import { useStudy } from './useStudy';

/** What the words at the right are given: the study, who may write, and the measurements to put into the text. */
export interface WordsSlot {
  study: StudyView;
  personId: string;
  mine: boolean;
  lost: boolean;
  images: { count: number; version: number } | null;
  onLoad: (() => void) | null;
  phrases: ReadonlyArray<{ id: string; text: string }>;
  onClaim: (() => void) | null;
  onNext: (() => void) | null;
}

interface Props {
  words: (slot: WordsSlot) => ReactNode;
  /** Stands in the head of the study, before its own buttons. */
  extra: (study: StudyView) => ReactNode;
  /** A row of its own between the head and the pictures; nothing when there is nothing to say. */
  below: (study: StudyView) => ReactNode;
}

/** Route /read/:studyId. The report is handed in by the application: features do not know each other. */
export function ReadingPage(slots: Props) {
  const { studyId = '' } = useParams();
  return <Opened key={studyId} studyId={studyId} {...slots} />;
}

function Opened({ studyId, ...slots }: Props & { studyId: string }) {
  const { t } = useTranslation('reading');
  const study = useStudy(studyId);
  const personId = useSession((session) => session.me?.person.id ?? '');
  const [lastSeen] = useState(() => personId);
  // Who may know of a study but not see its images (an auditor) has its page instead of a room full of refusals.
  if (study.data && !study.data.verbs.includes('study.images')) {
    return <Navigate to={`/studies/${studyId}`} replace />;
  }
  if (study.data) return <ReadingRoom study={study.data} personId={personId || lastSeen} {...slots} />;
  if (study.isError) {
    return <Trouble error={study.error} safe={t('studySafe')} onRetry={() => void study.refetch()} />;
  }
  return <SkeletonRows rows={14} />;
}
