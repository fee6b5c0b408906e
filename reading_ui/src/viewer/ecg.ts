import type { ECGViewport } from '@cornerstonejs/core';
import { utilities } from '@cornerstonejs/metadata';
import { type DataSet, items } from './dicomjson';
import { bulk, instanceFor } from './headers';
import type { Stack } from './stacks';

/**
 * Draws the first multiplex group of a waveform object. The samples are fetched here and handed over inline: left to
 * itself the library may append the address to the wrong place and draw the error page as flat lines.
 */
export async function showEcg(viewport: ECGViewport, stack: Stack, dicomweb: string): Promise<void> {
  const ref = stack.frames[0];
  const instance = ref ? instanceFor(ref.sopUid) : undefined;
  if (!ref || !instance) throw new Error('no waveform in this object');
  const group = items(instance, '54000100')[0];
  if (group?.['54001006']?.Value?.[0] !== 'SS') throw new Error('only 16-bit signed waveforms are drawn');
  const inlined = { ...instance, '54000100': { vr: 'SQ', Value: [await withSamples(group, dicomweb)] } };
  await utilities.addDicomWebInstance(ref.imageId, inlined);
  await viewport.setEcg(ref.imageId);
}

async function withSamples(group: DataSet, dicomweb: string): Promise<DataSet> {
  const uri = group['54001010']?.BulkDataURI;
  if (!uri) return group;
  const samples = await bulk(dicomweb, uri);
  return { ...group, '54001010': { vr: 'OW', InlineBinary: base64(samples) } };
}

const CHUNK = 0x8000;

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}
