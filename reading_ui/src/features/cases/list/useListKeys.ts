import { type RefObject, useRef } from 'react';
import { useKeys } from '@/lib/keys';
import type { GridHandle } from '@/ui/grid';

interface Desk {
  name: string;
  box: RefObject<HTMLInputElement | null>;
  open: () => void;
  refresh: () => void;
}

/** A list by keyboard: up, down, open, search, refresh. */
export function useListKeys({ name, box, open, refresh }: Desk): RefObject<GridHandle | null> {
  const grid = useRef<GridHandle>(null);
  useKeys(name, [
    { keys: 'j', label: 'cases:keys.down', run: () => grid.current?.move(1) },
    { keys: 'k', label: 'cases:keys.up', run: () => grid.current?.move(-1) },
    { keys: 'Enter', label: 'cases:keys.open', run: open },
    { keys: '/', label: 'cases:keys.search', run: () => box.current?.select() },
    { keys: 'r', label: 'cases:keys.refresh', run: refresh },
  ]);
  return grid;
}
