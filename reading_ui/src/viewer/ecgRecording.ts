import { type DataSet, items, number, text } from './dicomjson';
import { TWELVE } from './ecgLeads';
import { sampleReader } from './ecgSamples';
import { type Scale, scaleOf } from './ecgScale';

/** One lead over time. Nothing is filtered: these are the samples of the file in physical units. */
export interface EcgLead {
  name: string;
  /** Millivolts; NaN where the file has no sample. */
  samples: Float32Array;
  /** Seconds from the group's start to the first sample. */
  delay: number;
  /** Millivolts that are the zero line on the screen; not 0 only where a trace would otherwise leave the sheet. */
  zero: number;
}

/** What a reader must know before trusting a trace; the screen has the words. */
export interface EcgNotice {
  code: 'truncated' | 'missing' | 'unscaled' | 'foreign' | 'shifted' | 'doubtful' | 'absent' | 'unreadable';
  leads: readonly string[];
  /** Seconds that are there, for `truncated`. */
  seconds?: number;
}

/** A multiplex group (PS3.3 C.10.9): channels sampled together. */
export interface EcgGroup {
  label: string;
  kind: 'rhythm' | 'beat';
  hertz: number;
  seconds: number;
  leads: readonly EcgLead[];
  /** What the recorder did before it stored: Hz, as written in the file. */
  filter: { low: number | null; high: number | null; notch: number | null };
  notices: readonly EcgNotice[];
}

export interface EcgRecording {
  groups: readonly EcgGroup[];
}

/** The object holds no waveform that can be drawn; `code` is one the screens have words for. */
export class EcgRefused extends Error {
  constructor(
    readonly code: 'waveform.absent' | 'waveform.unsupported' | 'waveform.truncated' | 'waveform.unscaled',
    readonly detail = '',
  ) {
    super(code);
  }
}

/** A zero line further away than this would carry the trace off its row, mV. */
const FAR = 2;
/** A derived or median beat is shorter than this, s. */
const BEAT = 2;
const CHANNELS = 256;

/** Reads all groups. `bytes` gives the samples of a group, little endian. Throws `EcgRefused` if none can be drawn. */
export function recordingOf(
  instance: DataSet,
  bytes: (group: number) => Uint8Array | undefined,
): EcgRecording {
  const sequence = items(instance, '54000100');
  if (sequence.length === 0) throw new EcgRefused('waveform.absent');
  const groups: EcgGroup[] = [];
  let first: EcgRefused | undefined;
  for (const [at, group] of sequence.entries()) {
    try {
      groups.push(groupOf(group, bytes(at)));
    } catch (error) {
      if (!(error instanceof EcgRefused)) throw error;
      first ??= error;
    }
  }
  if (groups.length === 0 && first) throw first;
  // The rhythm comes before its averaged beat, whichever way the file has them.
  groups.sort((one, other) => Number(one.kind === 'beat') - Number(other.kind === 'beat'));
  return {
    groups: first ? groups.map((group) => ({ ...group, notices: [UNREADABLE, ...group.notices] })) : groups,
  };
}

const UNREADABLE: EcgNotice = { code: 'unreadable', leads: [] };

function groupOf(group: DataSet, bytes: Uint8Array | undefined): EcgGroup {
  const channels = number(group, '003A0005') ?? items(group, '003A0200').length;
  const hertz = number(group, '003A001A') ?? 0;
  if (!Number.isInteger(channels) || channels < 1 || channels > CHANNELS || hertz <= 0)
    throw new EcgRefused('waveform.unsupported', `${channels} channels, ${hertz} Hz`);
  const bits = number(group, '54001004') ?? 0;
  const kind = text(group, '54001006') ?? '';
  const reader = sampleReader(kind, bits);
  if (!reader) throw new EcgRefused('waveform.unsupported', `${kind || '?'}, ${bits} bits`);
  if (!bytes) throw new EcgRefused('waveform.absent');
  const there = Math.floor(bytes.byteLength / (channels * reader.size));
  const stated = number(group, '003A0010') ?? there;
  const count = Math.min(there, stated);
  if (count < 1) throw new EcgRefused('waveform.truncated', `${bytes.byteLength} bytes`);
  const padding = paddingOf(group, reader.size, reader.read);
  const scales = Array.from({ length: channels }, (_, at) =>
    scaleOf(items(group, '003A0200')[at] ?? {}, at, hertz),
  );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const leads = scales.flatMap((scale, at) => {
    if (scale.factor === null) return [];
    const samples = new Float32Array(count);
    for (let step = 0; step < count; step += 1) {
      const raw = reader.read(view, (step * channels + at) * reader.size);
      samples[step] = raw === padding ? Number.NaN : raw * scale.factor + scale.offset;
    }
    return [{ name: scale.name, samples, delay: scale.delay, zero: zeroOf(samples) }];
  });
  if (leads.length === 0) throw new EcgRefused('waveform.unscaled');
  return describe(group, scales, named(leads), hertz, count, stated);
}

function describe(
  group: DataSet,
  scales: readonly Scale[],
  leads: readonly EcgLead[],
  hertz: number,
  count: number,
  stated: number,
): EcgGroup {
  const label = text(group, '003A0020') ?? '';
  const seconds = count / hertz;
  const beat =
    /median|average|representative|template/i.test(label) ||
    (text(group, '003A0004') === 'DERIVED' && seconds < BEAT);
  const standard = TWELVE.filter((name) => leads.some((lead) => lead.name === name));
  const list = (code: EcgNotice['code'], found: readonly string[]) =>
    found.length > 0 ? [{ code, leads: found }] : [];
  const names = (keep: (scale: Scale) => boolean) => scales.filter(keep).map(({ name }) => name);
  const notices: EcgNotice[] = [
    ...(count < stated ? [{ code: 'truncated' as const, leads: [], seconds }] : []),
    ...list(
      'doubtful',
      names(({ doubtful }) => doubtful),
    ),
    ...list(
      'unscaled',
      names(({ why }) => why === 'unscaled'),
    ),
    ...list(
      'foreign',
      names(({ why }) => why === 'foreign'),
    ),
    ...list(
      'missing',
      leads.filter(({ samples }) => samples.some(Number.isNaN)).map(({ name }) => name),
    ),
    ...list(
      'shifted',
      leads.filter(({ zero }) => zero !== 0).map(({ name }) => name),
    ),
    // Of a twelve-lead ECG with a gap the gap is said; a monitor with three leads never was one.
    ...(standard.length > 6
      ? list(
          'absent',
          TWELVE.filter((name) => !standard.includes(name)),
        )
      : []),
  ];
  const channel = items(group, '003A0200')[0] ?? {};
  const filter = {
    low: number(channel, '003A0220') ?? null,
    high: number(channel, '003A0221') ?? null,
    notch: number(channel, '003A0222') ?? null,
  };
  return { label, kind: beat ? 'beat' : 'rhythm', hertz, seconds, leads, filter, notices };
}

/** The stored value that means "no sample" (5400,100A), when the file has one. */
function paddingOf(
  group: DataSet,
  size: number,
  read: (view: DataView, at: number) => number,
): number | undefined {
  const element = group['5400100A'];
  if (element?.InlineBinary) {
    const bytes = Uint8Array.from(atob(element.InlineBinary), (char) => char.charCodeAt(0));
    return bytes.byteLength >= size ? read(new DataView(bytes.buffer), 0) : undefined;
  }
  return number(group, '5400100A');
}

function zeroOf(samples: Float32Array): number {
  const sorted = samples.filter((value) => !Number.isNaN(value)).sort();
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return Math.abs(median) > FAR ? median : 0;
}

/** Two channels of one name are told apart by a number. */
function named(leads: readonly EcgLead[]): EcgLead[] {
  const seen = new Map<string, number>();
  return leads.map((lead) => {
    const times = (seen.get(lead.name) ?? 0) + 1;
    seen.set(lead.name, times);
    return times === 1 ? lead : { ...lead, name: `${lead.name} (${times})` };
  });
}
