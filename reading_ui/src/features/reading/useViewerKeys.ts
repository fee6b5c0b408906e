import { useMemo } from 'react';
import { useKeys } from '@/lib/keys';
import type { Viewer } from '@/viewer';
import { LAYOUTS, LOOK_COMMANDS, MARK_COMMANDS, MOVES, TOOLS, toggleCine } from './commands';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** The viewer's keyboard, drawn from the command table. None of it works while somebody types. */
export function useViewerKeys(viewer: Viewer | null): void {
  const bindings = useMemo(() => {
    const row = (keys: string, label: string, run: (at: Viewer) => void) => ({
      keys,
      label: `reading:${label}`,
      run: () => viewer && run(viewer),
    });
    return [
      ...MOVES.map(({ id, keys, run }) => row(keys, `move.${id}`, run)),
      ...TOOLS.map(({ tool, keys }) => row(keys, `tool.${tool}`, (at) => at.tool(tool))),
      ...DIGITS.map((digit) => row(digit, 'move.preset', (at) => at.preset(digit))),
      ...[...MARK_COMMANDS, ...LOOK_COMMANDS].flatMap(({ id, keys, run }) =>
        keys ? [row(keys, `command.${id}`, run)] : [],
      ),
      ...LAYOUTS.map(({ layout, keys }) => row(keys, `layout.${layout}`, (at) => at.layout(layout))),
      row('Space', 'command.cine', toggleCine),
    ];
  }, [viewer]);
  useKeys('viewer', bindings, { enabled: viewer !== null });
}
