import { useEffect, useRef, useState } from 'react';
import { toast } from '@/ui/toast';
import { draft } from './calls';
import { problemWords } from './problemWords';
import type { ReportSlot } from './slot';
import { useTakeReport } from './useReport';

/** As soon as the task is ours its report exists, and is ours too: an earlier reader's draft is taken over. */
export function useDraft({ study, mine, personId }: ReportSlot): { busy: boolean } {
  const { task, report } = study;
  const take = useTakeReport(study.study.id);
  const [busy, setBusy] = useState(false);
  const asked = useRef<string | null>(null);
  const wanting = mine && (!report || (report.state === 'draft' && report.author?.id !== personId));
  const taskId = task?.id;
  useEffect(() => {
    if (!wanting) {
      asked.current = null;
      return;
    }
    if (!taskId || asked.current === taskId) return;
    asked.current = taskId;
    setBusy(true);
    draft(taskId)
      .then(take, (error: unknown) => toast(problemWords(error), { tone: 'problem' }))
      .finally(() => setBusy(false));
  }, [taskId, take, wanting]);
  return { busy };
}
