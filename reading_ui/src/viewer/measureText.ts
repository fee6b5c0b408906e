import type { Source } from './calibration';
import type { Measure } from './measure';

/** The few words that measurements need; the screen supplies them in its language. */
export interface MeasureWords {
  source: Record<Source, string>;
  pixels: string;
  mean: string;
  deviation: string;
  minimum: string;
  maximum: string;
  area: string;
}

const fixed = (value: number, digits = 1): string => value.toFixed(digits);

/** Lines drawn beside a mark. Millimetres appear only with a source that allows them, and never without its name. */
export function measureLines(measure: Measure, words: MeasureWords): string[] {
  const pixel = measure.source === 'pixel';
  const unit = pixel ? words.pixels : 'mm';
  const source = words.source[measure.source];
  if (measure.length !== undefined) return [`${fixed(measure.length)} ${unit} · ${source}`];
  if (measure.degrees !== undefined) return [`${fixed(measure.degrees)}°`];
  if (measure.kind === 'probe') return probeLines(measure);
  const size = `${fixed(measure.width ?? 0)} × ${fixed(measure.height ?? 0)} ${unit}`;
  const area = `${words.area} ${fixed(measure.area ?? 0)} ${unit}²`;
  return [...statLines(measure, words), area, `${size} · ${source}`];
}

function probeLines({ at, value, colour, unit }: Measure): string[] {
  const where = at ? `(${at[0]}, ${at[1]})` : '';
  if (colour) return [`RGB ${colour.join(', ')}`, where];
  return [value === undefined ? '–' : `${trimmed(value)} ${unit}`.trim(), where];
}

function statLines(measure: Measure, words: MeasureWords): string[] {
  if (measure.mean === undefined) return [];
  const unit = measure.unit ? ` ${measure.unit}` : '';
  return [
    `${words.mean} ${fixed(measure.mean)}${unit}  ${words.deviation} ${fixed(measure.deviation ?? 0)}`,
    `${words.minimum} ${trimmed(measure.minimum ?? 0)}  ${words.maximum} ${trimmed(measure.maximum ?? 0)}`,
  ];
}

const trimmed = (value: number): string => (Number.isInteger(value) ? String(value) : fixed(value, 2));

/** One phrase for the report: `8.2 mm`, `8.2 mm（探测器平面）` where millimetres are not the patient's own. */
export function measurePhrase(measure: Measure, words: MeasureWords): string {
  const pixel = measure.source === 'pixel';
  const unit = pixel ? words.pixels : 'mm';
  const caution =
    measure.source === 'tomographic' || measure.source === 'calibrated' || measure.source === 'region';
  const source = caution ? '' : `（${words.source[measure.source]}）`;
  if (measure.length !== undefined) return `${fixed(measure.length)} ${unit}${source}`;
  if (measure.degrees !== undefined) return `${fixed(measure.degrees)}°`;
  if (measure.kind === 'probe') return probeLines(measure)[0] ?? '';
  const size = `${fixed(measure.width ?? 0)} × ${fixed(measure.height ?? 0)} ${unit}${source}`;
  if (measure.mean === undefined) return size;
  const value = `${words.mean} ${fixed(measure.mean)}${measure.unit ? ` ${measure.unit}` : ''}`;
  return `${size}，${value}`;
}
