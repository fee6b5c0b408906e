import { cache, Enums, getShouldUseCPURendering } from '@cornerstonejs/core';
import type { Point } from './calibration';
import { type Header, isColour } from './header';
import { headerFor } from './headers';
import type { Picture } from './measure';
import { planeFor } from './provider';

type Drawn = { imageQualityStatus?: Enums.ImageQualityStatus };
const FULL = Enums.ImageQualityStatus.FULL_RESOLUTION;

/** False while only some of a picture has come: it looks like the whole one, perhaps even at full size, and is not. */
const isComplete = (image: Drawn): boolean => (image.imageQualityStatus ?? FULL) >= FULL;

/** Pictures of which only a preview has been on the screen; the cache holds none before it is complete. */
const previewed = new Set<string>();

/** A picture was drawn, as much of it as had come. */
export function noteDrawn(image: Drawn & { imageId: string }): boolean {
  const complete = isComplete(image);
  if (complete) previewed.delete(image.imageId);
  else previewed.add(image.imageId);
  return complete;
}

export const isPreview = (imageId: string): boolean => previewed.has(imageId);

type World = readonly [number, number, number] | readonly number[];

/**
 * From the patient frame to picture coordinates with (0, 0) at the corner of the first pixel. The GPU path puts the
 * centre of the first pixel at the image position, the CPU path its corner (both measured on a phantom).
 */
export function toPicture(header: Header, world: World): Point {
  const { position, row, column, rowSpacing, columnSpacing } = planeFor(header);
  const [dx, dy, dz] = [
    (world[0] ?? 0) - position[0],
    (world[1] ?? 0) - position[1],
    (world[2] ?? 0) - position[2],
  ];
  const half = getShouldUseCPURendering() ? 0 : 0.5;
  return [
    (dx * row[0] + dy * row[1] + dz * row[2]) / columnSpacing + half,
    (dx * column[0] + dy * column[1] + dz * column[2]) / rowSpacing + half,
  ];
}

/**
 * The decoded pixels of a picture in memory, after the modality LUT. Null while only a reduced resolution is there:
 * nothing may be measured on that.
 */
export function pictureOf(imageId: string): Picture | null {
  const header = headerFor(imageId);
  const image = cache.getImage(imageId);
  if (!header || !image) return null;
  const { rows, columns } = header.pixels;
  if (!isComplete(image) || image.columns !== columns || image.rows !== rows) return null;
  const pixels = image.imageFrame?.pixelData ?? image.getPixelData();
  const scaled = image.imageFrame?.preScale?.scaled === true;
  const colour = isColour(header);
  const samples = colour ? Math.round(pixels.length / (rows * columns)) : 1;
  const offset = (x: number, y: number) => (y * columns + x) * samples;
  const outside = (x: number, y: number) => x < 0 || y < 0 || x >= columns || y >= rows;
  return {
    rows,
    columns,
    unit: colour ? '' : header.unit,
    at(x, y) {
      const stored = colour || outside(x, y) ? undefined : pixels[offset(x, y)];
      if (stored === undefined) return null;
      return scaled ? stored : stored * header.slope + header.intercept;
    },
    colour(x, y) {
      if (!colour || outside(x, y)) return null;
      const at = offset(x, y);
      return [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0];
    },
  };
}

/** Smallest and largest value of a picture after the modality LUT. */
export function fullRange(imageId: string): { lower: number; upper: number } | null {
  const header = headerFor(imageId);
  const image = cache.getImage(imageId);
  const frame = image && isComplete(image) ? image.imageFrame : undefined;
  if (!header || !frame) return null;
  const value = (stored: number) =>
    frame.preScale?.scaled ? stored : stored * header.slope + header.intercept;
  return { lower: value(frame.smallestPixelValue), upper: value(frame.largestPixelValue) };
}
