import type { ECGViewport } from '@cornerstonejs/core';
import { utilities } from '@cornerstonejs/metadata';
import { type DataSet, items } from './dicomjson';
import { instanceFor } from './headers';
import type { Stack } from './stacks';

/**
 * Draws the first multiplex group of a waveform object. Bulk data addresses are made absolute first: Cornerstone
 * appends one with a leading slash to the study's address and draws the error page as flat lines.
 */
export async function showEcg(viewport: ECGViewport, stack: Stack, origin: string): Promise<void> {
  const ref = stack.frames[0];
  const instance = ref ? instanceFor(ref.sopUid) : undefined;
  if (!ref || !instance) throw new Error('no waveform in this object');
  if (!drawable(instance)) throw new Error('only 16-bit signed waveforms are drawn');
  await utilities.addDicomWebInstance(ref.imageId, absolute(instance, origin));
  await viewport.setEcg(ref.imageId);
}

function drawable(instance: DataSet): boolean {
  const group = items(instance, '54000100')[0];
  return group?.['54001006']?.Value?.[0] === 'SS';
}

function absolute(instance: DataSet, origin: string): Record<string, unknown> {
  const groups = items(instance, '54000100').map((group) => {
    const data = group['54001010'];
    if (!data?.BulkDataURI?.startsWith('/')) return group;
    return { ...group, '54001010': { ...data, BulkDataURI: origin + data.BulkDataURI } };
  });
  return { ...instance, '54000100': { vr: 'SQ', Value: groups } };
}
