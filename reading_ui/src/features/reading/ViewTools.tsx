import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '@/lib/keys';
import type { Viewer } from '@/viewer';
import { LAYOUTS, LOOK_COMMANDS, MOVES, TOOLS, toolInHand, usable } from './commands';
import { PresetMenu } from './PresetMenu';
import styles from './Toolbar.module.css';
import { Item } from './ToolItem';
import { usePresets } from './usePresets';
import { useReadable } from './useReadable';

/** Looking without measuring: what a room's bar takes of the viewer's tools. */
export interface ViewToolsProps {
  viewer: Viewer;
  /** True while a tool of the room's own has the mouse: then none of these is lit. */
  resting: boolean;
  /** Before every use: the room may have to break away first. */
  onUse: () => void;
}

const LOOKING = TOOLS.filter(({ tool }) => ['window', 'scroll', 'pan', 'zoom'].includes(tool));
const LOOKS = LOOK_COMMANDS.filter(({ id }) => ['fill', 'invert', 'rotate', 'mirror', 'reset'].includes(id));

export function ViewTools({ viewer, resting, onUse }: ViewToolsProps) {
  const { t } = useTranslation('reading');
  const tool = useReadable(viewer.state, toolInHand);
  const layout = useReadable(viewer.state, (state) => state.layout);
  const may = useReadable(viewer.state, usable);
  const using = (run: (at: Viewer) => void) => () => {
    onUse();
    run(viewer);
  };
  useViewKeys(viewer, using);
  return (
    <>
      <div className={styles.group}>
        {LOOKING.map(({ tool: name, keys }) => (
          <Item
            key={name}
            icon={name}
            word={t(`tool.${name}`)}
            keys={keys}
            pressed={may(name) && !resting && tool === name}
            disabled={!may(name)}
            onPress={using((at) => at.tool(name))}
          />
        ))}
      </div>
      <div className={styles.group} onChangeCapture={onUse}>
        <PresetMenu viewer={viewer} />
        {LOOKS.map(({ id, icon, keys, run }) => (
          <Item
            key={id}
            icon={icon}
            word={t(`command.${id}`)}
            keys={keys}
            disabled={!may(id)}
            onPress={using(run)}
          />
        ))}
      </div>
      <div className={styles.group}>
        {LAYOUTS.map(({ layout: name, icon, keys }) => (
          <Item
            key={name}
            icon={icon}
            word={t(`layout.${name}`)}
            keys={keys}
            pressed={layout === name}
            onPress={using((at) => at.layout(name))}
          />
        ))}
      </div>
    </>
  );
}

function useViewKeys(viewer: Viewer, using: (run: (at: Viewer) => void) => () => void): void {
  const presets = usePresets(viewer);
  const rows = useMemo(() => {
    const row = (group: string, keys: string, label: string, run: (at: Viewer) => void) => ({
      keys,
      label,
      group: `reading:keys.${group}`,
      run,
    });
    return [
      ...MOVES.map(({ id, keys, run }) => row('moves', keys, `reading:move.${id}`, run)),
      ...LOOKING.map(({ tool, keys }) =>
        row('tools', keys, `reading:tool.${tool}`, (at: Viewer) => at.tool(tool)),
      ),
      ...presets.map(({ id, key }) =>
        row('presets', key, `viewer:preset.${id}`, (at: Viewer) => at.preset(key)),
      ),
      ...LOOKS.flatMap(({ id, keys, run }) =>
        keys ? [row('look', keys, `reading:command.${id}`, run)] : [],
      ),
      ...LAYOUTS.map(({ layout, keys }) =>
        row('layout', keys, `reading:layout.${layout}`, (at: Viewer) => at.layout(layout)),
      ),
    ];
  }, [presets]);
  useKeys(
    'viewer',
    rows.map((row) => ({ ...row, run: using(row.run) })),
  );
}
