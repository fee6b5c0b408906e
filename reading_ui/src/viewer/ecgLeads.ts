/**
 * What an ECG channel is called on paper. The source code counts first (003A,0208, PS3.16 CID 3001), then its meaning,
 * then the channel's label; files in the field spell the same lead in a dozen ways.
 */
export interface ChannelName {
  name: string;
  /** True when the code and the words of the file name different leads. */
  doubtful: boolean;
}

export const TWELVE = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const;

/** Lead numbers that ISO/IEEE 11073-10101 (MDC 2:n) and SCP-ECG (5.6.3-9-n) share. */
const NUMBERS = new Map<number, string>([
  ...['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7'].map((name, at) => [at + 1, name] as const),
  ...['V2R', 'V3R', 'V4R', 'V5R', 'V6R', 'V7R', 'X', 'Y', 'Z'].map((name, at) => [at + 10, name] as const),
  ...['III', 'aVR', 'aVL', 'aVF', '-aVR', 'V8', 'V9', 'V8R', 'V9R'].map(
    (name, at) => [at + 61, name] as const,
  ),
]);

/** MDC codes written as one number hold the partition (2, ECG leads) in the upper 16 bits. */
const MDC_PARTITION = 2 * 0x10000;
const SPELLED = /^(-?)(AV[RLF]|V\d{1,2}R?|I{1,3}|[XYZ])$/;
const LONGEST = 12;

function byNumber(code: string, scheme: string): string | undefined {
  const scp = /^(?:5\.6\.3-9-|2:)(\d+)$/.exec(code)?.[1];
  if (scp) return NUMBERS.get(Number(scp));
  if (!/^MDC|11073/i.test(scheme) || !/^\d+$/.test(code)) return undefined;
  const whole = Number(code);
  return NUMBERS.get(whole >= MDC_PARTITION ? whole - MDC_PARTITION : whole);
}

/** The lead that words name: `Lead I (Einthoven)`, `MDC_ECG_LEAD_AVR`, `aVR, augmented voltage, right`, `Ⅱ导联`. */
function byWords(words: string): string | undefined {
  const parts = words
    .normalize('NFKC')
    .toUpperCase()
    .replace(/导联|導聯/g, ' ')
    .replace(/\bA ?V ?([RLF])\b/g, 'AV$1')
    .split(/[^A-Z0-9-]+/);
  for (const part of parts) {
    const [, sign = '', found = ''] = SPELLED.exec(part) ?? [];
    if (found) return sign + (found.startsWith('AV') ? `aV${found.slice(2)}` : found);
  }
  return undefined;
}

export function channelName(
  source: { code: string; scheme: string; meaning: string },
  label: string,
  place: number,
): ChannelName {
  const coded = byNumber(source.code, source.scheme) ?? byWords(source.code);
  const spoken = byWords(source.meaning) ?? byWords(label);
  const name = coded ?? spoken;
  if (!name) return { name: (label || source.meaning || `#${place + 1}`).slice(0, LONGEST), doubtful: false };
  return { name, doubtful: coded !== undefined && spoken !== undefined && coded !== spoken };
}
