import { describe, expect, it } from 'vitest';
import type { DataSet } from './dicomjson';
import { type EcgGroup, EcgRefused, recordingOf } from './ecgRecording';

const one = (vr: string, ...Value: unknown[]) => ({ vr, Value });
const code = (value: string, scheme: string) => ({
  '00080100': one('SH', value),
  '00080102': one('SH', scheme),
});

const channel = (lead: number, more: DataSet = {}): DataSet => ({
  '003A0208': one('SQ', code(`2:${lead}`, 'MDC')),
  '003A0210': one('DS', '2.5'),
  '003A0211': one('SQ', code('uV', 'UCUM')),
  ...more,
});

const group = (channels: DataSet[], samples: number, more: DataSet = {}): DataSet => ({
  '003A0005': one('US', channels.length),
  '003A0010': one('UL', samples),
  '003A001A': one('DS', '500'),
  '003A0200': one('SQ', ...channels),
  '54001004': one('US', 16),
  '54001006': one('CS', 'SS'),
  ...more,
});

const bytes = (...values: number[]) => new Uint8Array(Int16Array.from(values).buffer);
const read = (content: Uint8Array | undefined, ...groups: DataSet[]) =>
  recordingOf({ '54000100': one('SQ', ...groups) }, () => content).groups;
const first = (groups: readonly EcgGroup[]): EcgGroup => {
  const [found] = groups;
  if (!found) throw new Error('no group');
  return found;
};
const refusal = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof EcgRefused) return error.code;
  }
  return 'not refused';
};

describe('an ECG recording', () => {
  it('gives millivolts: samples times sensitivity times correction, plus baseline, in the unit of the file', () => {
    const plain = channel(1);
    const corrected = channel(2, { '003A0212': one('DS', '2'), '003A0213': one('DS', '100') });
    const volts = channel(61, { '003A0210': one('DS', '0.001'), '003A0211': one('SQ', code('V', 'UCUM')) });
    const { leads } = first(read(bytes(400, 400, 1, -400, 0, 2), group([plain, corrected, volts], 2)));
    expect(leads.map(({ name }) => name)).toEqual(['I', 'II', 'III']);
    expect([...(leads[0]?.samples ?? [])]).toEqual([1, -1]);
    expect(leads[1]?.samples[0]).toBeCloseTo(2.1);
    expect(leads[1]?.samples[1]).toBeCloseTo(0.1);
    expect([...(leads[2]?.samples ?? [])]).toEqual([1, 2]);
  });

  it('reads 8, 16 and 32 bits with and without sign', () => {
    const as = (kind: string, bits: number, content: ArrayBuffer) =>
      first(
        read(
          new Uint8Array(content),
          group([channel(1)], 1, { '54001004': one('US', bits), '54001006': one('CS', kind) }),
        ),
      ).leads[0]?.samples[0];
    expect(as('SB', 8, Int8Array.of(-4).buffer)).toBeCloseTo(-0.01);
    expect(as('UB', 8, Uint8Array.of(252).buffer)).toBeCloseTo(0.63);
    expect(as('US', 16, Uint16Array.of(40000).buffer)).toBeCloseTo(100);
    expect(as('SL', 32, Int32Array.of(-40000).buffer)).toBeCloseTo(-100);
    expect(as('UL', 32, Uint32Array.of(40000).buffer)).toBeCloseTo(100);
  });

  it('leaves a gap where the file has padding for a sample, and says so', () => {
    const { leads, notices } = first(
      read(
        bytes(1, -32768, 3),
        group([channel(1)], 3, { '5400100A': { vr: 'OW', InlineBinary: btoa('\x00\x80') } }),
      ),
    );
    expect(leads[0]?.samples[1]).toBeNaN();
    expect(notices).toContainEqual({ code: 'missing', leads: ['I'] });
  });

  it('shows what is there of a file that was cut short, and says how much', () => {
    const found = first(read(bytes(1, 2, 3, 4, 5), group([channel(1), channel(2)], 500)));
    expect(found.leads[0]?.samples).toHaveLength(2);
    expect(found.notices[0]).toEqual({ code: 'truncated', leads: [], seconds: 2 / 500 });
  });

  it('leaves out what is no voltage or has no scale, by name', () => {
    const pressure = channel(0, {
      '003A0211': one('SQ', code('mm[Hg]', 'UCUM')),
      '003A0203': one('SH', 'ART'),
    });
    const bare = channel(2, { '003A0210': undefined });
    const found = first(read(bytes(1, 2, 3), group([channel(1), pressure, bare], 1)));
    expect(found.leads.map(({ name }) => name)).toEqual(['I']);
    expect(found.notices).toEqual([
      { code: 'unscaled', leads: ['II'] },
      { code: 'foreign', leads: ['ART'] },
    ]);
  });

  it('tells the averaged beat from the rhythm and puts it second', () => {
    const rhythm = group([channel(1)], 3);
    const beat = group([channel(1)], 3, { '003A0020': one('SH', 'MEDIAN BEAT') });
    expect(read(bytes(1, 2, 3), beat, rhythm).map(({ kind }) => kind)).toEqual(['rhythm', 'beat']);
  });

  it('moves the zero line of a trace that would leave the sheet, and says so', () => {
    const found = first(read(bytes(4000, 4001, 4002), group([channel(1)], 3)));
    expect(found.leads[0]?.zero).toBeCloseTo(10, 1);
    expect(found.notices).toContainEqual({ code: 'shifted', leads: ['I'] });
  });

  it('keeps filters as words and never touches a sample for them', () => {
    const filtered = channel(1, {
      '003A0220': one('DS', '0.05'),
      '003A0221': one('DS', '150'),
      '003A0222': one('DS', '50'),
    });
    const found = first(read(bytes(400), group([filtered], 1)));
    expect(found.filter).toEqual({ low: 0.05, high: 150, notch: 50 });
    expect(found.leads[0]?.samples[0]).toBe(1);
  });

  it('tells two channels of one name apart', () => {
    const { leads } = first(read(bytes(1, 2), group([channel(2), channel(2)], 1)));
    expect(leads.map(({ name }) => name)).toEqual(['II', 'II (2)']);
  });

  it('is refused with a reason when nothing of it can be drawn', () => {
    expect(refusal(() => recordingOf({}, () => undefined))).toBe('waveform.absent');
    expect(refusal(() => read(undefined, group([channel(1)], 1)))).toBe('waveform.absent');
    expect(refusal(() => read(bytes(1), group([channel(1)], 1, { '54001006': one('CS', 'MB') })))).toBe(
      'waveform.unsupported',
    );
    expect(refusal(() => read(bytes(1), group([channel(1)], 1, { '003A001A': one('DS', '0') })))).toBe(
      'waveform.unsupported',
    );
    expect(refusal(() => read(bytes(1), group([channel(1), channel(2)], 9)))).toBe('waveform.truncated');
    expect(refusal(() => read(bytes(1), group([channel(1, { '003A0211': undefined })], 1)))).toBe(
      'waveform.unscaled',
    );
  });

  it('is shown as far as it can be read when one group of several is odd', () => {
    const odd = group([channel(1)], 1, { '54001006': one('CS', 'AB') });
    const [found, ...others] = read(bytes(1), odd, group([channel(1)], 1));
    expect(others).toEqual([]);
    expect(found?.notices[0]?.code).toBe('unreadable');
  });
});
