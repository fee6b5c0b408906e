import { useQuery } from '@tanstack/react-query';
import type { StudyView } from '@/api/types';
import * as calls from './calls';
import { ProposeButton } from './ProposeButton';

/** "提交 MDT" beside a study's report: of the case that the study belongs to; nothing where there is none. */
export function ProposeFromStudy({ study }: { study: StudyView }) {
  const found = useQuery({
    queryKey: ['cases', 'of-study', study.study.id, 'propose'],
    queryFn: ({ signal }) => calls.casesOf(study.study.id, signal),
  });
  const open = found.data?.items.find(({ state }) => state === 'open');
  if (!open) return null;
  const from = study.report
    ? { fromKind: 'report' as const, fromId: study.report.id }
    : { fromKind: 'case' as const };
  return <ProposeButton key={open.id} caseId={open.id} {...from} />;
}
