import { type DataSet, isDicomJson, text, wordsOf } from './dicomjson';
import { type Header, headerOf } from './header';
import type { Stack } from './stacks';

/** All headers of the pictures loaded so far, by image id. Filled per series, one request each. */
let known = new Map<string, Header>();
/** Those of the viewer that was closed last: what was on its way then is decoded when it comes, and the decoder asks for them. */
let closed = new Map<string, Header>();
const instances = new Map<string, DataSet>();
const underway = new Map<string, Promise<void>>();

export const headerFor = (imageId: string): Header | undefined => known.get(imageId) ?? closed.get(imageId);
export const instanceFor = (sopUid: string): DataSet | undefined => instances.get(sopUid);

/** Reads a series' metadata once and remembers it; repeats safely. Throws `MetadataRefused` with the HTTP status. */
export async function learn(dicomweb: string, stack: Stack): Promise<void> {
  const series = `${dicomweb}/series/${stack.seriesUid}`;
  await (underway.get(series) ?? start(series));
  for (const ref of stack.frames) {
    const root = instances.get(ref.sopUid);
    if (!root || known.has(ref.imageId)) continue;
    known.set(ref.imageId, headerOf(root, ref.frame));
  }
  await completePalettes(dicomweb, stack);
}

function start(series: string): Promise<void> {
  const reading = read(series).catch((error: unknown) => {
    underway.delete(series);
    throw error;
  });
  underway.set(series, reading);
  return reading;
}

export class MetadataRefused extends Error {
  constructor(readonly status: number) {
    super(`metadata ${status}`);
  }
}

async function read(series: string): Promise<void> {
  const response = await fetch(`${series}/metadata`, { headers: { Accept: 'application/dicom+json' } });
  if (!response.ok) throw new MetadataRefused(response.status);
  const body: unknown = await response.json();
  if (!isDicomJson(body)) throw new MetadataRefused(502);
  for (const ds of body) {
    const sop = text(ds, '00080018');
    if (sop) instances.set(sop, ds);
  }
}

/** Palette tables above a kilobyte come as bulk data; the decoder wants them before the first pixel. */
async function completePalettes(dicomweb: string, stack: Stack): Promise<void> {
  const first = stack.frames[0] ? known.get(stack.frames[0].imageId) : undefined;
  const palette = first?.pixels.palette;
  if (!palette || palette.tables.every((table) => table !== null)) return;
  const tables = await Promise.all(
    palette.tables.map((table, index) => table ?? fetchWords(dicomweb, palette.uris[index])),
  );
  for (const ref of stack.frames) {
    const header = known.get(ref.imageId);
    if (!header) continue;
    const pixels = { ...header.pixels, palette: { ...palette, tables } };
    known.set(ref.imageId, { ...header, pixels });
  }
}

async function fetchWords(dicomweb: string, uri: string | null | undefined): Promise<number[] | null> {
  return uri ? wordsOf(await bulk(dicomweb, uri)) : null;
}

/** Bytes of a bulk element. Its address is relative to the study (PS3.18 8.3.3.2) or complete. */
export async function bulk(dicomweb: string, uri: string): Promise<Uint8Array> {
  const address = new URL(uri, `${location.origin}${dicomweb}/`);
  const response = await fetch(address, { headers: { Accept: 'application/octet-stream' } });
  if (!response.ok) throw new MetadataRefused(response.status);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Forgets the study, when the viewer closes: the next one must not pay for its memory. The pictures' own headers, which are
 * small, are kept until the next viewer closes.
 */
export function forgetHeaders(): void {
  closed = known;
  known = new Map();
  instances.clear();
  underway.clear();
}
