import type { RefObject } from 'react';
import type { WorklistRow } from '@/api/types';
import { useKeys } from '@/lib/keys';
import type { GridHandle } from '@/ui/grid';
import { useTaskVerb } from '@/ui/task/TaskActions';
import { type View, views } from './filter';

interface Desk {
  row: WorklistRow | null;
  grid: RefObject<GridHandle | null>;
  searchBox: RefObject<HTMLInputElement | null>;
  panel: boolean;
  setPanel: (open: boolean) => void;
  open: (row: WorklistRow) => void;
  refresh: () => void;
  setView: (view: View) => void;
}

/** The whole list by keyboard. */
export function useWorklistKeys({
  row,
  grid,
  searchBox,
  panel,
  setPanel,
  open,
  refresh,
  setView,
}: Desk): void {
  const verb = useTaskVerb(row?.task_id ?? '', row?.study_id ?? '');
  const claim = () => {
    if (row?.task_id && row.verbs.includes('claim') && !verb.isPending)
      verb.mutate({ verb: 'claim', words: {} });
  };
  useKeys('worklist', [
    { keys: 'j', label: 'worklist:keys.down', run: () => grid.current?.move(1) },
    { keys: 'k', label: 'worklist:keys.up', run: () => grid.current?.move(-1) },
    { keys: 'Enter', label: 'worklist:keys.open', run: () => row && open(row) },
    { keys: 'c', label: 'worklist:keys.claim', run: claim },
    { keys: 'Space', label: 'worklist:keys.panel', run: () => setPanel(!panel) },
    { keys: 'Escape', label: 'worklist:keys.close', run: () => setPanel(false) },
    { keys: '/', label: 'worklist:keys.search', run: () => searchBox.current?.select() },
    { keys: 'r', label: 'worklist:keys.refresh', run: refresh },
    ...views.map((view, index) => ({
      keys: String(index + 1),
      label: `worklist:view.${view}`,
      run: () => setView(view),
    })),
  ]);
}
