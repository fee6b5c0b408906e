/** Reading the DICOM JSON model (PS3.18 F) without trusting it: wrong shapes read as absent. */

export interface Element {
  vr: string;
  Value?: readonly unknown[];
  InlineBinary?: string;
  BulkDataURI?: string;
}

export type DataSet = Readonly<Record<string, Element | undefined>>;

const value = (ds: DataSet, tag: string, index = 0): unknown => ds[tag]?.Value?.[index];

export function text(ds: DataSet, tag: string, index = 0): string | undefined {
  const found = value(ds, tag, index);
  if (typeof found === 'string') return found.trim() === '' ? undefined : found.trim();
  return typeof found === 'number' ? String(found) : undefined;
}

export function texts(ds: DataSet, tag: string): string[] {
  return (ds[tag]?.Value ?? []).flatMap((found) => (typeof found === 'string' ? [found.trim()] : []));
}

const toNumber = (found: unknown): number =>
  typeof found === 'string' ? Number.parseFloat(found) : Number(found ?? Number.NaN);

export function number(ds: DataSet, tag: string, index = 0): number | undefined {
  const found = toNumber(value(ds, tag, index));
  return Number.isFinite(found) ? found : undefined;
}

/** All values as numbers, or nothing when one of them is not a number or there are fewer than `least`. */
export function numbers(ds: DataSet, tag: string, least = 1): number[] | undefined {
  const found = (ds[tag]?.Value ?? []).map(toNumber);
  return found.length >= least && found.every(Number.isFinite) ? found : undefined;
}

const isDataSet = (found: unknown): found is DataSet => typeof found === 'object' && found !== null;

export function items(ds: DataSet, tag: string): DataSet[] {
  return (ds[tag]?.Value ?? []).filter(isDataSet);
}

/** Inline binary as bytes; bulk data is left to who needs it. */
export function inlineBytes(ds: DataSet, tag: string): Uint8Array | undefined {
  const encoded = ds[tag]?.InlineBinary;
  if (!encoded) return undefined;
  return Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
}

/** Little-endian 16-bit words of a LUT, whether sent as values or as inline binary. */
export function words(ds: DataSet, tag: string): number[] | undefined {
  const listed = numbers(ds, tag);
  if (listed) return listed;
  const bytes = inlineBytes(ds, tag);
  return bytes ? wordsOf(bytes) : undefined;
}

export function wordsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / 2) }, (_, index) =>
    view.getUint16(index * 2, true),
  );
}

const FUNCTIONAL_GROUPS = [
  '00289110', // Pixel Measures
  '00209113', // Plane Position (Patient)
  '00209116', // Plane Orientation (Patient)
  '00289145', // Pixel Value Transformation
  '00289132', // Frame VOI LUT
  '00209071', // Frame Anatomy
];

const flat = (group: DataSet | undefined): DataSet =>
  Object.assign({}, ...FUNCTIONAL_GROUPS.map((tag) => (group ? (items(group, tag)[0] ?? {}) : {})));

/** The data set that holds for one frame: per-frame over shared functional groups over the top level. */
export function frameDataSet(ds: DataSet, frame: number): DataSet {
  const shared = items(ds, '52009229')[0];
  const own = items(ds, '52009230')[frame - 1];
  if (!shared && !own) return ds;
  return { ...ds, ...flat(shared), ...flat(own) };
}

export function isDicomJson(body: unknown): body is DataSet[] {
  return Array.isArray(body) && body.every(isDataSet);
}
