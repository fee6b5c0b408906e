import { useCallback } from 'react';
import { useNavigate } from 'react-router';
import { worklist } from '@/api/calls';
import type { WorklistRow } from '@/api/types';
import { toast } from '@/ui/toast';

/** The study to read after this one: the next on the list that may be claimed, from the top again at its end. */
export function nextOf(rows: readonly WorklistRow[], studyId: string): WorklistRow | undefined {
  const at = rows.findIndex((row) => row.study_id === studyId);
  const order = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))];
  return order.find((row) => row.kind === 'task' && row.verbs.includes('claim'));
}

export function useNext(studyId: string, noneLeft: string): () => void {
  const navigate = useNavigate();
  return useCallback(() => {
    const look = async () => {
      const page = await worklist({ state: 'queued', sort: 'due', limit: 20 });
      const next = nextOf(page.items, studyId);
      if (next) return navigate(`/read/${next.study_id}`);
      toast(noneLeft, { tone: 'news' });
      return navigate('/worklist');
    };
    void look().catch(() => navigate('/worklist'));
  }, [navigate, noneLeft, studyId]);
}
