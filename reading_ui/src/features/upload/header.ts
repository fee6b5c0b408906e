import { choose, tidy } from './text';

/** What a DICOM file says of itself, as far as somebody must see before it is sent. Dates are YYYYMMDD. */
export interface Header {
  studyUid: string;
  seriesUid: string;
  sopUid: string;
  patientName: string;
  patientId: string;
  sex: string;
  birthDate: string;
  age: string;
  studyDate: string;
  modality: string;
  studyDescription: string;
  seriesDescription: string;
  accession: string;
  institution: string;
  /** Whether the name is a guess, or part of it cannot be read. */
  doubtful: boolean;
}

/** Why a file is not sent: no DICOM, an index (DICOMDIR), or DICOM without what names it. */
export type Unfit = 'notDicom' | 'index' | 'noUids' | 'unreadable';

const NAMED: Record<string, Exclude<keyof Header, 'doubtful'>> = {
  '00080020': 'studyDate',
  '00080050': 'accession',
  '00080060': 'modality',
  '00080080': 'institution',
  '00081030': 'studyDescription',
  '0008103e': 'seriesDescription',
  '00080018': 'sopUid',
  '00100010': 'patientName',
  '00100020': 'patientId',
  '00100030': 'birthDate',
  '00100040': 'sex',
  '00101010': 'age',
  '0020000d': 'studyUid',
  '0020000e': 'seriesUid',
};
// What holds text, for who does not say so (implicit VR), of the groups in which people and places are named.
const TEXTS = new Set(
  (
    '00080050 00080070 00080080 00080081 00080090 00081010 00081030 0008103e 00081040 00081048 00081050 00081060 00081070 00081080 ' +
    '00082111 00100010 00100020 00100021 00101001 00101005 00101040 00101060 00101080 00102000 00102110 00102150 00102152 00102154 ' +
    '00102160 00102180 001021b0 00104000 00180010 00181000 00181020 00181030 00200010 00204000'
  ).split(' '),
);
const TEXT_VRS = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
const LONG = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const MEDIA_DIRECTORY = '1.2.840.10008.1.3.10';
const DEFLATED = '1.2.840.10008.1.2.1.99';
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const IMPLICIT = '1.2.840.10008.1.2';
const PIXELS = 0x7fe00000;
const LONGEST_TEXT = 16 << 10;
const NOT_ASCII = /[\u0080-\uffff]/;
const UNDEFINED = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;

class Short extends Error {}

interface Element {
  tag: number;
  vr: string;
  length: number;
  at: number;
}

const ascii = (bytes: Uint8Array): string =>
  String.fromCharCode(...bytes)
    .replace(/[\0 ]+$/, '')
    .trim();

/** Walks elements of one byte order (PS3.5 §7.1). Throws `Short` where the bytes end first. */
class Walk {
  private readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly little: boolean;
  private readonly explicit: boolean;
  at: number;

  constructor(bytes: Uint8Array, at: number, little: boolean, explicit: boolean) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.little = little;
    this.explicit = explicit;
  }

  private need(count: number): void {
    if (this.at + count > this.bytes.length) throw new Short();
  }

  next(): Element {
    this.need(8);
    const { view, little } = this;
    const tag = view.getUint16(this.at, little) * 0x10000 + view.getUint16(this.at + 2, little);
    if (!this.explicit || tag >= ITEM) {
      const length = view.getUint32(this.at + 4, little);
      this.at += 8;
      return { tag, vr: '', length, at: this.at };
    }
    const vr = ascii(this.bytes.subarray(this.at + 4, this.at + 6));
    if (!LONG.has(vr)) {
      const length = view.getUint16(this.at + 6, little);
      this.at += 8;
      return { tag, vr, length, at: this.at };
    }
    this.need(12);
    const length = view.getUint32(this.at + 8, little);
    this.at += 12;
    return { tag, vr, length, at: this.at };
  }

  value(element: Element): Uint8Array {
    this.need(element.length);
    return this.bytes.subarray(element.at, element.at + element.length);
  }

  /** Behind an element, whatever it holds. */
  pass(element: Element): void {
    if (element.length !== UNDEFINED) {
      this.at = element.at + element.length;
      return;
    }
    for (;;) {
      const inner = this.next();
      if (inner.tag === SEQUENCE_END) return;
      if (inner.length !== UNDEFINED) this.at = inner.at + inner.length;
      else this.passItem();
    }
  }

  private passItem(): void {
    for (;;) {
      const inner = this.next();
      if (inner.tag === ITEM_END) return;
      this.pass(inner);
    }
  }
}

function meta(bytes: Uint8Array): { syntax: string; mediaClass: string; end: number } {
  const walk = new Walk(bytes, 132, true, true);
  const said = { syntax: '', mediaClass: '', end: 132 };
  while (walk.at + 8 <= bytes.length) {
    said.end = walk.at;
    const element = walk.next();
    if (element.tag >= 0x00030000) break;
    if (element.tag === 0x00020010) said.syntax = ascii(walk.value(element));
    if (element.tag === 0x00020002) said.mediaClass = ascii(walk.value(element));
    walk.pass(element);
  }
  return said;
}

async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  try {
    for (let had = 0; had < 1 << 20; ) {
      const { value, done } = await reader.read();
      if (done) break;
      pieces.push(value);
      had += value.length;
    }
  } catch {
    // cut off, since only the beginning of the file was read: what came is enough
  }
  void reader.cancel().catch(() => undefined);
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** What names it, by tag, and every text: by all of them together it is decided how they are read. */
interface Values {
  named: Map<string, Uint8Array>;
  texts: Uint8Array[];
}

function elements(walk: Walk): Values {
  const found: Values = { named: new Map(), texts: [] };
  for (;;) {
    try {
      const element = walk.next();
      if (element.tag >= PIXELS) return found;
      keep(found, element, walk);
      walk.pass(element);
    } catch (error) {
      if (error instanceof Short && found.named.has('0020000e')) return found;
      throw error;
    }
  }
}

function keep({ named, texts }: Values, element: Element, walk: Walk): void {
  const key = element.tag.toString(16).padStart(8, '0');
  const isText = element.vr ? TEXT_VRS.has(element.vr) && !(element.tag & 0x10000) : TEXTS.has(key);
  if (isText && element.length <= LONGEST_TEXT) texts.push(walk.value(element));
  if (key in NAMED || key === '00080005') named.set(key, walk.value(element));
}

function described({ named, texts }: Values): Header {
  const choice = choose(ascii(named.get('00080005') ?? new Uint8Array()), texts);
  const header: Header = {
    studyUid: '',
    seriesUid: '',
    sopUid: '',
    patientName: '',
    patientId: '',
    sex: '',
    birthDate: '',
    age: '',
    studyDate: '',
    modality: '',
    studyDescription: '',
    seriesDescription: '',
    accession: '',
    institution: '',
    doubtful: false,
  };
  for (const [key, name] of Object.entries(NAMED)) {
    const bytes = named.get(key);
    if (bytes) header[name] = tidy(choice.read(bytes).split('\\')[0] ?? '');
  }
  const { patientName } = header;
  header.doubtful = patientName.includes('\ufffd') || (choice.doubtful && NOT_ASCII.test(patientName));
  header.patientName = shownName(patientName);
  return header;
}

/** The writing that people read: ideographic before latin; carets are spaces (PS3.5 §6.2.1). */
export function shownName(name: string): string {
  const [latin = '', ideographic = ''] = name.split('=');
  const chosen = ideographic.trim() || latin;
  return /[\u3400-\u9fff]/.test(chosen)
    ? chosen.replaceAll(/[\^ ]/g, '')
    : chosen.replaceAll('^', ' ').trim();
}

/** The header from the first bytes of a file, or why there is none. `more`: too few bytes to say. */
export async function readHeader(bytes: Uint8Array<ArrayBuffer>): Promise<Header | Unfit | 'more'> {
  if (bytes.length < 140 || ascii(bytes.subarray(128, 132)) !== 'DICM') return 'notDicom';
  try {
    const { syntax, mediaClass, end } = meta(bytes);
    if (mediaClass === MEDIA_DIRECTORY) return 'index';
    if (!syntax) return 'unreadable';
    const body = syntax === DEFLATED ? await inflated(bytes.slice(end)) : bytes.subarray(end);
    const walk = new Walk(body, 0, syntax !== BIG_ENDIAN, syntax !== IMPLICIT);
    const header = described(elements(walk));
    return header.studyUid && header.sopUid && header.seriesUid ? header : 'noUids';
  } catch (error) {
    if (error instanceof Short) return 'more';
    return 'unreadable';
  }
}

const SIZES = [64 << 10, 1 << 20, 16 << 20];

/** The header of a file; reads more of it only where the beginning is not enough. */
export async function headerOf(file: Blob): Promise<Header | Unfit> {
  for (const size of SIZES) {
    const found = await readHeader(new Uint8Array(await file.slice(0, size).arrayBuffer()));
    if (found !== 'more') return found;
    if (file.size <= size) break;
  }
  return 'unreadable';
}

/** Of which study a file is whose header can't be made out otherwise; empty where it does not say that either. */
export async function studyUidOf(file: Blob): Promise<string> {
  try {
    const bytes = new Uint8Array(await file.slice(0, SIZES[0]).arrayBuffer());
    if (bytes.length < 140 || ascii(bytes.subarray(128, 132)) !== 'DICM') return '';
    const { syntax, end } = meta(bytes);
    if (!syntax || syntax === DEFLATED) return '';
    const walk = new Walk(bytes.subarray(end), 0, syntax !== BIG_ENDIAN, syntax !== IMPLICIT);
    for (;;) {
      const element = walk.next();
      if (element.tag === 0x0020000d) return ascii(walk.value(element));
      if (element.tag > 0x0020000d) return '';
      walk.pass(element);
    }
  } catch {
    return ''; // it ends before, or was taken away
  }
}
