import { type DataSet, inlineBytes, items } from './dicomjson';
import { type EcgRecording, EcgRefused, recordingOf } from './ecgRecording';
import { bulk, instanceFor, MetadataRefused } from './headers';
import type { Stack } from './stacks';

/** The waveform of an object whose metadata has been learnt; its samples come by DICOMweb, each group on its own. */
export async function fetchEcg(stack: Stack, dicomweb: string): Promise<EcgRecording> {
  const instance = instanceFor(stack.sopUid);
  if (!instance) throw new EcgRefused('waveform.absent');
  const bytes = await Promise.all(items(instance, '54000100').map((group) => samplesOf(group, dicomweb)));
  return recordingOf(instance, (group) => bytes[group]);
}

/** Nothing where the server has no samples for a group: the other groups can still be read. */
async function samplesOf(group: DataSet, dicomweb: string): Promise<Uint8Array | undefined> {
  const uri = group['54001010']?.BulkDataURI;
  if (!uri) return inlineBytes(group, '54001010');
  try {
    return await bulk(dicomweb, uri);
  } catch (error) {
    if (error instanceof MetadataRefused && error.status === 404) return undefined;
    throw error;
  }
}
