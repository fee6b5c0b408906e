import type { Said } from './types';

const texts = [
  'patient_id',
  'issuer',
  'name',
  'pinyin',
  'sex',
  'birth_date',
  'modality',
  'procedure',
  'body_part',
  'question',
  'diagnosis',
  'priority',
  'station',
  'physician',
] as const;

/** How many characters each text holds, as the server counts them: nothing is cut off here, what is too long is refused with its name. */
export const limits: Readonly<Record<string, number>> = {
  patient_id: 64,
  issuer: 64,
  name: 64,
  pinyin: 64,
  procedure: 64,
  body_part: 16,
  question: 2000,
  diagnosis: 2000,
  physician: 64,
  accession: 16,
  reason: 500,
};

/** The first text of the form that is longer than it may be. */
export function tooLong(form: FormData): { name: string; length: number; most: number } | null {
  for (const [name, most] of Object.entries(limits)) {
    const length = String(form.get(name) ?? '').trim().length;
    if (length > most) return { name, length, most };
  }
  return null;
}

/** The form as the server reads it: texts without outer spaces, the time with its zone; an empty accession number is left out. */
export function saidOf(form: FormData): Said {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const said: Said = Object.fromEntries(texts.map((name) => [name, text(name)]));
  const at = text('scheduled_at');
  const accession = text('accession');
  return {
    ...said,
    ...(at ? { scheduled_at: new Date(at).toISOString() } : {}),
    ...(accession ? { accession } : {}),
    ...(text('differs_confirmed') ? { differs_confirmed: true, differs_reason: text('differs_reason') } : {}),
  };
}

const two = (n: number): string => String(n).padStart(2, '0');

/** A moment as `datetime-local` writes it, on this screen's clock; now when there is none. */
export function localOf(iso?: string, now: Date = new Date()): string {
  const at = iso ? new Date(iso) : now;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

const FROM_STUDY = 'registered from the study';

/** Why an order is linked with a study: as somebody wrote it; that it was registered from the study, and what was added, in the reader's `words`. */
export const reasonOf = (reason: string, words: (more: string) => string): string =>
  reason === FROM_STUDY
    ? words('')
    : reason.startsWith(`${FROM_STUDY}: `)
      ? words(reason.slice(FROM_STUDY.length + 2))
      : reason;

const common: Record<string, readonly string[]> = {
  DX: [
    '胸部正位',
    '胸部正侧位',
    '腹部立位',
    '颈椎正侧位',
    '腰椎正侧位',
    '骨盆正位',
    '膝关节正侧位',
    '手正斜位',
    '足正斜位',
  ],
  CT: [
    '头颅CT平扫',
    '胸部CT平扫',
    '上腹部CT平扫',
    '全腹部CT平扫',
    '腰椎CT平扫',
    '胸部CT增强',
    '冠状动脉CTA',
    '头颈部CTA',
  ],
  MR: ['头颅MR平扫', '头颅MR平扫+DWI', '颈椎MR平扫', '腰椎MR平扫', '膝关节MR平扫', '上腹部MR平扫'],
  US: [
    '腹部超声',
    '心脏超声',
    '甲状腺超声',
    '乳腺超声',
    '妇科超声',
    '产科超声',
    '颈动脉超声',
    '双下肢静脉超声',
  ],
  ECG: ['常规12导联心电图', '18导联心电图', '动态心电图'],
  MG: ['双乳钼靶'],
};

/** What is often ordered of a modality, to choose from; anything may be typed. */
export const proceduresOf = (modality: string): readonly string[] =>
  common[modality === 'CR' ? 'DX' : modality] ?? [];
