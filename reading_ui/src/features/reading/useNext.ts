import { useCallback } from 'react';
import { useNavigate } from 'react-router';
import { worklist } from '@/api/calls';
import type { WorklistRow } from '@/api/types';
import { toast } from '@/ui/toast';

/** The study to read after this one: the most urgent that may be claimed, never the present one. */
export function nextOf(rows: readonly WorklistRow[], studyId: string): WorklistRow | undefined {
  return rows.find((row) => row.kind === 'task' && row.study_id !== studyId && row.verbs.includes('claim'));
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
