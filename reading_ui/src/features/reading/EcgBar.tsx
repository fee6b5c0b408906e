import { useTranslation } from 'react-i18next';
import { ECG_FRAME, ECG_GAINS, ECG_SPEEDS, type EcgView, type PaneView, type Viewer } from '@/viewer';
import styles from './EcgFrame.module.css';

interface Props {
  view: PaneView;
  ecg: EcgView;
  viewer: Viewer;
}

/** Layout, gain, speed, part of the recording, size. Works on its own pane, whichever was active. */
export function EcgBar({ view, ecg, viewer }: Props) {
  const { t } = useTranslation('viewer');
  const { look, shown } = ecg;
  const set: Viewer['ecg'] = (part) => viewer.ecg(part, view.id);
  return (
    <div
      className={styles.bar}
      role="toolbar"
      aria-label={t('ecg.bar')}
      style={{ height: ECG_FRAME.bottom }}
      onPointerDownCapture={() => viewer.activate(view.id)}
    >
      {ecg.groups.length > 1 && (
        <Choice
          label={t('ecg.group')}
          value={look.group}
          options={ecg.groups.map((group, at) => [
            at,
            `${t(`ecg.kind.${group.kind}`)} ${t('ecg.seconds', { n: short(group.seconds) })}`,
          ])}
          onChoose={(group) => set({ group })}
        />
      )}
      <Choice
        label={t('ecg.layout')}
        value={ecg.layouts.includes(look.layout) ? look.layout : '12x1'}
        options={ecg.layouts.map((layout) => [layout, t(`ecg.layouts.${layout}`)])}
        onChoose={(layout) => set({ layout })}
      />
      <Choice
        label={t('ecg.gain')}
        value={look.gain}
        options={ECG_GAINS.map((gain) => [gain, `${gain} mm/mV`])}
        onChoose={(gain) => set({ gain })}
      />
      <Choice
        label={t('ecg.speed')}
        value={look.speed}
        options={ECG_SPEEDS.map((speed) => [speed, `${speed} mm/s`])}
        onChoose={(speed) => set({ speed })}
      />
      {ecg.seconds > shown.to - shown.from + 0.01 && (
        <label className={styles.time}>
          <input
            type="range"
            min={0}
            max={ecg.seconds - (shown.to - shown.from)}
            step={0.5}
            value={look.from}
            aria-label={t('ecg.time')}
            onChange={(event) => set({ from: Number(event.target.value) })}
          />
          {t('ecg.part', { from: short(shown.from), to: short(shown.to), all: short(ecg.seconds) })}
        </label>
      )}
      <span className={styles.filter} title={t('ecg.filterWhy')}>
        {t('ecg.hertz', { n: ecg.hertz })}
        {filterOf(ecg) && ` · ${t('ecg.filter', { band: filterOf(ecg) })}`}
      </span>
    </div>
  );
}

const short = (value: number): string => String(Number(value.toFixed(1)));

/** `0.05–150 Hz, 50 Hz`: what the recorder says it did. */
function filterOf({ filter: { low, high, notch } }: EcgView): string {
  const band = low === null && high === null ? '' : `${low ?? ''}–${high ?? ''} Hz`;
  return [band, notch ? `⊘ ${notch} Hz` : ''].filter(Boolean).join(', ');
}

interface ChoiceProps<V extends string | number> {
  label: string;
  value: V;
  options: ReadonlyArray<readonly [V, string]>;
  onChoose: (value: V) => void;
}

function Choice<V extends string | number>({ label, value, options, onChoose }: ChoiceProps<V>) {
  return (
    <select
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => {
        const chosen = options.find(([option]) => String(option) === event.target.value);
        if (chosen) onChoose(chosen[0]);
        // The keyboard goes on steering the pictures.
        event.target.blur();
      }}
    >
      {options.map(([option, words]) => (
        <option key={option} value={option}>
          {words}
        </option>
      ))}
    </select>
  );
}
