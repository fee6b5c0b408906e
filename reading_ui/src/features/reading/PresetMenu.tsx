import { useTranslation } from 'react-i18next';
import type { Viewer } from '@/viewer';
import styles from './Toolbar.module.css';
import { usePresets } from './usePresets';
import { useReadable } from './useReadable';

/** Windows by name; the same ones lie on the keys 1–9. */
export function PresetMenu({ viewer }: { viewer: Viewer }) {
  const { t } = useTranslation('viewer');
  const { t: r } = useTranslation('reading');
  const pane = useReadable(viewer.state, (state) => state.panes.find((found) => found.id === state.active));
  const presets = usePresets(viewer);
  const chosen = presets.find((preset) => preset.id === pane?.preset)?.key ?? '';
  return (
    <label className={styles.preset} title={r('presetHint')}>
      <select
        aria-label={r('preset')}
        value={chosen}
        disabled={presets.length === 0}
        onChange={(event) => {
          viewer.preset(event.target.value);
          event.target.blur();
        }}
      >
        {chosen === '' && <option value="">{presets.length === 0 ? '–' : t('preset.own')}</option>}
        {presets.map((preset) => (
          <option key={preset.id} value={preset.key}>
            {preset.key} {t(`preset.${preset.id}`)}
          </option>
        ))}
      </select>
      <span>{r('preset')}</span>
    </label>
  );
}
