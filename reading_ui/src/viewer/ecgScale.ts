import { type DataSet, items, number, text } from './dicomjson';
import { channelName } from './ecgLeads';

/** UCUM units of voltage. Both signs for micro are in use. */
const MILLIVOLTS: Record<string, number> = { nV: 1e-6, uV: 1e-3, µV: 1e-3, μV: 1e-3, mV: 1, V: 1000 };

/** How the stored numbers of one channel become millivolts. */
export interface Scale {
  name: string;
  doubtful: boolean;
  /** Millivolts of one step; null with the reason where it is unknown. */
  factor: number | null;
  why: 'unscaled' | 'foreign' | null;
  offset: number;
  delay: number;
}

/** From a stored number to millivolts: × sensitivity × correction + baseline, all in the unit named (PS3.3 C.10.9.1.4). */
export function scaleOf(channel: DataSet, at: number, hertz: number): Scale {
  const source = items(channel, '003A0208')[0] ?? {};
  const code = text(source, '00080100') ?? text(source, '00080119') ?? text(source, '00080120') ?? '';
  const scheme = text(source, '00080102') ?? '';
  const meaning = text(source, '00080104') ?? '';
  const { name, doubtful } = channelName({ code, scheme, meaning }, text(channel, '003A0203') ?? '', at);
  const delay = number(channel, '003A0214') ?? (number(channel, '003A0215') ?? 0) / hertz;
  const sensitivity = number(channel, '003A0210');
  const unit = text(items(channel, '003A0211')[0] ?? {}, '00080100') ?? '';
  const base = { name, doubtful, offset: 0, delay };
  if (!sensitivity || !unit) return { ...base, factor: null, why: 'unscaled' };
  const millivolts = MILLIVOLTS[unit];
  if (millivolts === undefined) return { ...base, factor: null, why: 'foreign' };
  const factor = sensitivity * (number(channel, '003A0212') ?? 1) * millivolts;
  return { ...base, factor, why: null, offset: (number(channel, '003A0213') ?? 0) * millivolts };
}
