import { useMemo } from 'react';
import { useKeys } from '@/lib/keys';
import type { Viewer } from '@/viewer';
import { LAYOUTS, LOOK_COMMANDS, MARK_COMMANDS, MOVES, TOOLS, toggleCine } from './commands';
import { usePresets } from './usePresets';

/** The viewer's keyboard, drawn from the command table. None of it works while somebody types. */
export function useViewerKeys(viewer: Viewer): void {
  const presets = usePresets(viewer);
  const bindings = useMemo(() => {
    const row = (group: string, keys: string, label: string, run: (at: Viewer) => void) => ({
      keys,
      label,
      group: `reading:keys.${group}`,
      run: () => run(viewer),
    });
    const commands = (group: string, rows: typeof LOOK_COMMANDS) =>
      rows.flatMap(({ id, keys, run }) => (keys ? [row(group, keys, `reading:command.${id}`, run)] : []));
    return [
      ...MOVES.map(({ id, keys, run }) => row('moves', keys, `reading:move.${id}`, run)),
      row('moves', 'Space', 'reading:command.cine', toggleCine),
      ...TOOLS.map(({ tool, keys }) => row('tools', keys, `reading:tool.${tool}`, (at) => at.tool(tool))),
      ...commands('tools', MARK_COMMANDS),
      ...presets.map(({ id, key }) => row('presets', key, `viewer:preset.${id}`, (at) => at.preset(key))),
      ...commands('look', LOOK_COMMANDS),
      ...LAYOUTS.map(({ layout, keys }) =>
        row('layout', keys, `reading:layout.${layout}`, (at) => at.layout(layout)),
      ),
    ];
  }, [viewer, presets]);
  useKeys('viewer', bindings);
}
