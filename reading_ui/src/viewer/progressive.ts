import { utilities } from '@cornerstonejs/core';
import { slowLink } from './link';
import type { Stack } from './stacks';
import type { RenderPath } from './types';

const { imageRetrieveMetadataProvider: retrieval } = utilities;

/** HTJ2K, lossless, RPCL: its beginning is a low resolution of the whole picture. */
export const RENDITION = '1.2.840.10008.1.2.4.202';
/** Stands in the address, where it goes before the header that the loader sends. */
const WISH = `accept=${encodeURIComponent(`image/jphc;transfer-syntax=${RENDITION}`)}`;
const KILO = 1024;

/**
 * One request, decoded as its bytes come: coarse at first, the very stored values at the end. Where the server has lost the
 * rendition, the frame as it is stored.
 */
const STREAMED = {
  stages: [
    { id: 'rendition', retrieveType: 'streamed' },
    { id: 'stored', retrieveType: 'stored' },
  ],
  retrieveOptions: {
    stored: {},
    streamed: {
      urlArguments: WISH,
      streaming: true,
      initialChunkSize: 64 * KILO,
      chunkSize: 256 * KILO,
    },
  },
};

/** Whether every picture of the stack is kept once more in a form that may be shown while it is still coming. */
export const isProgressive = (stack: Stack): boolean =>
  stack.frames.length > 0 && stack.frames.every((ref) => ref.rendition || ref.problem);

/**
 * Says how the pictures of a stack are fetched from now on: over a slow line as they come, else as they are stored. Before the
 * stack is given to a viewport. The CPU path of the library shows a picture only when it is complete.
 */
export function chooseWay(stack: Stack, path: RenderPath): void {
  if (path !== 'gpu' || !isProgressive(stack) || !slowLink()) return;
  for (const ref of stack.frames) retrieval.add(ref.imageId, STREAMED);
}

/** What to hand to the loader for fetching a picture ahead: the same form, in one piece. */
export function aheadOptions(imageId: string): { retrieveOptions?: { urlArguments: string } } {
  const chosen = retrieval.get(retrieval.IMAGE_RETRIEVE_CONFIGURATION, imageId);
  return chosen ? { retrieveOptions: { urlArguments: WISH } } : {};
}

export const forgetWays = (): void => retrieval.clear();
