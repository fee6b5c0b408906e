import { cache, Enums, imageLoadPoolManager, init as initCore, metaData } from '@cornerstonejs/core';
import loader from '@cornerstonejs/dicom-image-loader';
import {
  AngleTool,
  addTool,
  EllipticalROITool,
  init as initTools,
  LengthTool,
  PanTool,
  ProbeTool,
  RectangleROITool,
  StackScrollTool,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools';
import { cacheBudget } from './neighbours';
import { answer } from './provider';
import { isSoftware, rendererName } from './rasteriser';
import type { RenderPath } from './types';
import { loadWholeFrames } from './wholeFrames';

let started: Promise<RenderPath> | undefined;

/** Starts Cornerstone once for the page; the first caller's wish for a path holds until the page is left. */
export function start(wish: 'auto' | RenderPath): Promise<RenderPath> {
  started ??= boot(wish);
  return started;
}

async function boot(wish: 'auto' | RenderPath): Promise<RenderPath> {
  const path = wish === 'auto' ? (isSoftware(rendererName()) ? 'cpu' : 'gpu') : wish;
  initCore({ rendering: { useCPURendering: path === 'cpu' }, debug: {} });
  loader.init({ maxWebWorkers: workers() });
  loadWholeFrames();
  window.addEventListener('unhandledrejection', keepQuiet);
  metaData.addProvider(answer, 20_000);
  initTools();
  for (const tool of TOOLS) addTool(tool);
  cache.setMaxCacheSize(cacheBudget(deviceMemory()));
  const { Interaction, Prefetch } = Enums.RequestType;
  imageLoadPoolManager.setMaxSimultaneousRequests(Interaction, 6);
  imageLoadPoolManager.setMaxSimultaneousRequests(Prefetch, 4);
  return path;
}

/**
 * The loader rejects an inner promise of its own beside the one that it hands out, with the request as the reason. Whoever
 * asked for the picture has been told by the latter.
 */
function keepQuiet(event: PromiseRejectionEvent): void {
  if (event.reason instanceof XMLHttpRequest) event.preventDefault();
}

const TOOLS = [
  WindowLevelTool,
  StackScrollTool,
  PanTool,
  ZoomTool,
  LengthTool,
  AngleTool,
  RectangleROITool,
  EllipticalROITool,
  ProbeTool,
];

const workers = (): number => Math.min(4, Math.max(1, Math.floor(navigator.hardwareConcurrency / 2)));

function deviceMemory(): number | undefined {
  const found: unknown = 'deviceMemory' in navigator ? navigator.deviceMemory : undefined;
  return typeof found === 'number' ? found : undefined;
}
