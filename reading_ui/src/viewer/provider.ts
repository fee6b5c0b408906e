import { type Header, isColour } from './header';
import { headerFor } from './headers';
import { windowOfLut } from './presets';
import { stepFor } from './resolution';

/**
 * Answers Cornerstone's questions about a picture from our own headers, so that spacing, polarity and windows
 * follow the rules in this folder and not a guess of the library's.
 */
export function answer(type: string, query: unknown): unknown {
  if (typeof query !== 'string') return undefined;
  const header = headerFor(query);
  return header ? MODULES[type]?.(header, stepFor(query)) : undefined;
}

const MODULES: Record<string, (header: Header, step: number) => unknown> = {
  imagePixelModule,
  imagePlaneModule,
  voiLutModule,
  modalityLutModule: ({ slope, intercept, unit }) => ({
    rescaleSlope: slope,
    rescaleIntercept: intercept,
    rescaleType: unit,
  }),
  generalSeriesModule: ({ modality, seriesUid, studyUid }) => ({
    modality,
    seriesInstanceUID: seriesUid,
    studyInstanceUID: studyUid,
  }),
  generalImageModule: ({ sopUid, instanceNumber }) => ({ sopInstanceUID: sopUid, instanceNumber }),
  sopCommonModule: ({ sopClass, sopUid }) => ({ sopClassUID: sopClass, sopInstanceUID: sopUid }),
  multiframeModule: ({ frames }) => ({ NumberOfFrames: frames }),
  cineModule: ({ frames, cine }) => ({ numberOfFrames: frames, frameTime: cine.frameTime }),
  // No scaling by SUV and no calibration of the library's own: measurements are worked out in measure.ts.
  scalingModule: () => ({}),
  calibrationModule: () => ({}),
};

function imagePixelModule({ pixels }: Header): unknown {
  const { palette } = pixels;
  const [red, green, blue] = palette?.descriptors ?? [];
  const [redTable, greenTable, blueTable] = palette?.tables ?? [];
  return {
    samplesPerPixel: pixels.samples,
    photometricInterpretation: pixels.photometric,
    rows: pixels.rows,
    columns: pixels.columns,
    bitsAllocated: pixels.bitsAllocated,
    bitsStored: pixels.bitsStored,
    highBit: pixels.highBit,
    pixelRepresentation: pixels.representation,
    planarConfiguration: pixels.planar,
    redPaletteColorLookupTableDescriptor: red,
    greenPaletteColorLookupTableDescriptor: green,
    bluePaletteColorLookupTableDescriptor: blue,
    redPaletteColorLookupTableData: redTable ?? undefined,
    greenPaletteColorLookupTableData: greenTable ?? undefined,
    bluePaletteColorLookupTableData: blueTable ?? undefined,
  };
}

/** The plane of the stored pixels. Without a real one it is the picture itself: first pixel at the origin. */
export function planeFor({ plane, calibration }: Header) {
  const [rowSpacing, columnSpacing] = calibration.spacing ?? [calibration.aspect, 1];
  return {
    position: plane?.position ?? ([0, 0, 0] as const),
    row: plane?.row ?? ([1, 0, 0] as const),
    column: plane?.column ?? ([0, 1, 0] as const),
    rowSpacing,
    columnSpacing,
  };
}

/** The plane Cornerstone draws in: where a lower resolution is on the screen, one of larger pixels at the same place. */
function imagePlaneModule(header: Header, step: number): unknown {
  const { position, row, column, ...stored } = planeFor(header);
  const [rowSpacing, columnSpacing] = [stored.rowSpacing * step, stored.columnSpacing * step];
  return {
    frameOfReferenceUID: header.frameOfReference,
    rows: header.pixels.rows,
    columns: header.pixels.columns,
    imageOrientationPatient: [...row, ...column],
    imagePositionPatient: [...position],
    rowCosines: [...row],
    columnCosines: [...column],
    pixelSpacing: [rowSpacing, columnSpacing],
    rowPixelSpacing: rowSpacing,
    columnPixelSpacing: columnSpacing,
    sliceThickness: header.thickness ?? undefined,
    sliceLocation: header.sliceLocation ?? undefined,
    usingDefaultValues: header.plane === null || header.calibration.spacing === null,
  };
}

function voiLutModule(header: Header): unknown {
  if (isColour(header)) return {};
  const window = header.windows[0] ?? (header.voiLut ? windowOfLut(header.voiLut) : null);
  if (!window) return {};
  return { windowCenter: [window.center], windowWidth: [window.width], voiLUTFunction: header.voiFunction };
}
