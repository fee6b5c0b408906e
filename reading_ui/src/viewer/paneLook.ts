import type { StackViewport } from '@cornerstonejs/core';
import { type Header, isColour } from './header';
import { edgesOf, magnification } from './look';
import type { Stack } from './stacks';
import type { PaneView } from './types';
import type { Voi } from './voi';

/** A picture on the screen. */
interface Shown {
  viewport: StackViewport;
  header: Header;
  stack: Stack;
  imageId: string;
}

/** Numbers of the present look, for the overlay. */
export function lookOf({ viewport, header, stack, imageId }: Shown, voi: Voi): Partial<PaneView> {
  const preset = voi.preset(header);
  return {
    window: voi.window(header, imageId, stack),
    preset,
    lutApproximated: preset === 'file' && header.windows.length === 0 && header.voiLut !== null,
    colour: isColour(header),
    inverted: voi.inverted,
    zoom: magnification(viewport, header),
    edges: edgesOf(viewport, header),
  };
}
