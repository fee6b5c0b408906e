import i18next from 'i18next';
import type { FactView } from '@/api/types';
import type { IconName } from '../icons';

const alarming =
  /CriticalRaised|Escalated|Overdue|Conflicted|Refused|Parked|Failed|Unroutable|Locked|ObjectsRejected|FoundBad|RejectionIgnored/;
const waiting = /Returned|GivenBack|SentBack|Late|Lapsed|Released|Cancelled/;
const good = /CriticalAcknowledged|CriticalClosed|Sealed|Signed|Verified|Ready|Answered|BytesBack/;

/** How a fact weighs: drives its colour, beside its icon and words. */
export function mood(name: string): 'alarm' | 'wait' | 'good' | 'plain' {
  if (alarming.test(name)) return 'alarm';
  if (waiting.test(name)) return 'wait';
  return good.test(name) ? 'good' : 'plain';
}

const icons: Array<[RegExp, IconName]> = [
  [alarming, 'alarm'],
  [/^Critical/, 'alarm'],
  [/^Report|^Review|^Paper/, 'report'],
  [/^Task/, 'layers'],
  [/^Study|^Instance|^Images|^Late|^Preparation|^StoredBytes/, 'image'],
  [/^Logged|^Person|^Password|^Role|^Login/, 'person'],
];

export const iconOf = (name: string): IconName => icons.find(([pattern]) => pattern.test(name))?.[1] ?? 'dot';

/**
 * What happened, in words. What an MDT without a quorum came to is an opinion; no step calls it a conclusion. What a decision let in
 * and is gone with it was rejected by nobody. A study that settled without all that was announced has not been received completely. Of stored
 * bytes it says whether they are lost or altered.
 */
export function nameOf({ name, details }: Pick<FactView, 'name' | 'details'>): string {
  const opinion = details.kind === 'opinion' || details.quorum_met === false;
  const lacking = name === 'StudySettled' && details.expected !== undefined;
  const damage = name === 'StoredBytesFoundBad' && details.kind;
  const context = opinion
    ? 'opinion'
    : details.code === UNDONE
      ? UNDONE
      : lacking
        ? 'lacking'
        : damage
          ? String(damage)
          : '';
  return i18next.t(`facts:name.${name}`, { context, defaultValue: name });
}

const UNDONE = 'undone';

/** Details worth a word, in this order; ids and numbers for machines are left out. */
const told = [
  'whom',
  'item',
  'read_back',
  'action',
  'outcome',
  'phrase',
  'accession',
  'how',
  'progress',
  'objects',
  'reason',
  'known_differs',
  'known_reason',
  'text',
  'minutes',
  'priority',
  'modality',
  'instances',
  'series_number',
  'instance_number',
  'here',
  'expected',
  'ae_title',
  'login',
  'code',
  'job',
  'client',
  'dissent',
] as const;

/** `原因 图像不合格 · 说明 …`; words for coded values where there are any. */
export function detailOf(fact: Pick<FactView, 'details'>): string {
  const parts: string[] = [];
  for (const key of told) {
    const value = fact.details[key];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (value === '' || value === UNDONE || (key === 'dissent' && value === 0)) continue;
    const words = valueWords(key, value);
    // A code in words says by itself what it is about.
    const speaks = key === 'code' || String(value).startsWith('route.');
    parts.push(speaks && words !== value ? words : `${i18next.t(`facts:detail.${key}`)} ${words}`);
  }
  return parts.join(' · ');
}

/** What a critical finding's facts say in codes of its own. */
const CRITICAL: ReadonlySet<string> = new Set(['item', 'action', 'outcome']);

/** Words for coded values, of which `known_differs` has several; of a client its address, not its whole self-description. */
function valueWords(key: string, value: string | number): string {
  if (key === 'known_differs') {
    const fields = String(value).split(',');
    return new Intl.ListFormat(i18next.language).format(
      fields.map((one) => i18next.t(`facts:differs.${one}`)),
    );
  }
  const coded = [
    key === 'job' ? `facts:job.${value}` : '',
    CRITICAL.has(key) ? `critical:${key}.${value}` : '',
    `facts:value.${value}`,
  ].find((one) => one !== '' && i18next.exists(one));
  if (coded) return i18next.t(coded);
  return key === 'client' ? (String(value).split(' ')[0] ?? '') : String(value);
}
