import { useTranslation } from 'react-i18next';
import type { Viewer } from '@/viewer';
import { CineControls } from './CineControls';
import { type Command, LAYOUTS, LOOK_COMMANDS, MARK_COMMANDS, TOOLS, toolInHand, usable } from './commands';
import { LoadState } from './LoadState';
import { PresetMenu } from './PresetMenu';
import styles from './Toolbar.module.css';
import { Item } from './ToolItem';
import { useReadable } from './useReadable';

/** Tools under the pictures: icon and word, the shortcut in the tooltip, the chosen one lit. */
export function Toolbar({ viewer }: { viewer: Viewer }) {
  const { t } = useTranslation('reading');
  const tool = useReadable(viewer.state, toolInHand);
  const layout = useReadable(viewer.state, (state) => state.layout);
  const marks = useReadable(viewer.state, (state) => state.marks.length);
  const canUndo = useReadable(viewer.state, (state) => state.canUndo);
  const works = useReadable(viewer.state, usable);
  const idle: Record<string, boolean> = { remove: marks === 0, undo: !canUndo };
  const button = ({ id, icon, keys, run }: Command) => (
    <Item
      key={id}
      icon={icon}
      word={t(`command.${id}`)}
      keys={keys}
      disabled={!works(id) || idle[id]}
      onPress={() => run(viewer)}
    />
  );
  return (
    <div className={styles.bar} role="toolbar" aria-label={t('toolbar')}>
      <div className={styles.group}>
        {TOOLS.map(({ tool: name, keys }) => (
          <Item
            key={name}
            icon={name}
            word={t(`tool.${name}`)}
            keys={keys}
            pressed={works(name) && tool === name}
            disabled={!works(name)}
            onPress={() => viewer.tool(name)}
          />
        ))}
      </div>
      <div className={styles.group}>{MARK_COMMANDS.map(button)}</div>
      <div className={styles.group}>
        <PresetMenu viewer={viewer} />
        {LOOK_COMMANDS.map(button)}
      </div>
      <div className={styles.group}>
        {LAYOUTS.map(({ layout: name, icon, keys }) => (
          <Item
            key={name}
            icon={icon}
            word={t(`layout.${name}`)}
            keys={keys}
            pressed={layout === name}
            onPress={() => viewer.layout(name)}
          />
        ))}
      </div>
      <CineControls viewer={viewer} />
      <LoadState viewer={viewer} />
    </div>
  );
}
