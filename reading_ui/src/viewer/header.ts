import { type Calibration, type CalibrationFacts, calibrationOf, type Region } from './calibration';
import type { CineFacts } from './cineClock';
import { type DataSet, frameDataSet, items, number, numbers, text, texts, words } from './dicomjson';
import type { Facing, Vector } from './orientation';
import type { VoiLut, Window } from './presets';

/** What the viewer needs to know of one frame, read once from the series metadata. */
export interface Header {
  studyUid: string;
  seriesUid: string;
  sopUid: string;
  sopClass: string;
  modality: string;
  instanceNumber: number | null;
  frame: number;
  frames: number;
  pixels: Pixels;
  plane: { position: Vector; row: Vector; column: Vector } | null;
  frameOfReference: string | undefined;
  facing: Facing | null;
  calibration: Calibration;
  thickness: number | null;
  sliceLocation: number | null;
  laterality: string;
  viewPosition: string;
  windows: readonly Window[];
  voiFunction: string | undefined;
  voiLut: VoiLut | null;
  slope: number;
  intercept: number;
  /** Unit of a pixel value after the modality LUT; empty when it has none. */
  unit: string;
  cine: CineFacts;
  lossy: boolean;
}

export interface Pixels {
  rows: number;
  columns: number;
  samples: number;
  photometric: string;
  bitsAllocated: number;
  bitsStored: number;
  highBit: number;
  representation: number;
  planar: number;
  palette: Palette | null;
}

export interface Palette {
  descriptors: readonly (readonly number[])[];
  /** Red, green and blue tables; null entries still have to be fetched from `uris`. */
  tables: readonly (readonly number[] | null)[];
  uris: readonly (string | null)[];
}

export function headerOf(root: DataSet, frame: number): Header {
  const ds = frameDataSet(root, frame);
  const modality = text(ds, '00080060') ?? '';
  const plane = planeOfHeader(ds);
  return {
    studyUid: text(ds, '0020000D') ?? '',
    seriesUid: text(ds, '0020000E') ?? '',
    sopUid: text(ds, '00080018') ?? '',
    sopClass: text(ds, '00080016') ?? '',
    modality,
    instanceNumber: number(ds, '00200013') ?? null,
    frame,
    frames: number(ds, '00280008') ?? 1,
    pixels: pixelsOf(ds),
    plane,
    frameOfReference: text(ds, '00200052'),
    facing: facingOf(ds, plane),
    calibration: calibrationOf(calibrationFacts(ds, modality)),
    thickness: number(ds, '00180050') ?? null,
    sliceLocation: number(ds, '00201041') ?? null,
    laterality: text(ds, '00200062') ?? text(ds, '00200060') ?? text(ds, '00209072') ?? '',
    viewPosition: text(ds, '00185101') ?? '',
    windows: windowsOf(ds),
    voiFunction: text(ds, '00281056'),
    voiLut: voiLutOf(ds),
    slope: number(ds, '00281053') ?? 1,
    intercept: number(ds, '00281052') ?? 0,
    unit: unitOf(ds, modality),
    cine: cineOf(ds),
    lossy: text(ds, '00282110') === '01',
  };
}

function pixelsOf(ds: DataSet): Pixels {
  const bitsAllocated = number(ds, '00280100') ?? 8;
  const bitsStored = number(ds, '00280101') ?? bitsAllocated;
  return {
    rows: number(ds, '00280010') ?? 0,
    columns: number(ds, '00280011') ?? 0,
    samples: number(ds, '00280002') ?? 1,
    photometric: text(ds, '00280004') ?? 'MONOCHROME2',
    bitsAllocated,
    bitsStored,
    highBit: number(ds, '00280102') ?? bitsStored - 1,
    representation: number(ds, '00280103') ?? 0,
    planar: number(ds, '00280006') ?? 0,
    palette: paletteOf(ds),
  };
}

const PALETTE = ['1', '2', '3'];

function paletteOf(ds: DataSet): Palette | null {
  const descriptors = PALETTE.map((part) => numbers(ds, `0028110${part}`, 3));
  if (!descriptors.every((descriptor) => descriptor !== undefined)) return null;
  return {
    descriptors,
    tables: PALETTE.map((part) => words(ds, `0028120${part}`) ?? null),
    uris: PALETTE.map((part) => ds[`0028120${part}`]?.BulkDataURI ?? null),
  };
}

const vector = (values: number[] | undefined, from = 0): Vector | null => {
  const [x, y, z] = values?.slice(from, from + 3) ?? [];
  return x !== undefined && y !== undefined && z !== undefined ? [x, y, z] : null;
};

function planeOfHeader(ds: DataSet): Header['plane'] {
  const position = vector(numbers(ds, '00200032', 3));
  const cosines = numbers(ds, '00200037', 6);
  const [row, column] = [vector(cosines), vector(cosines, 3)];
  return position && row && column ? { position, row, column } : null;
}

function facingOf(ds: DataSet, plane: Header['plane']): Facing | null {
  if (plane) return { kind: 'cosines', row: plane.row, column: plane.column };
  const [row, column] = texts(ds, '00200020');
  return row && column ? { kind: 'letters', row, column } : null;
}

function calibrationFacts(ds: DataSet, modality: string): CalibrationFacts {
  return {
    modality,
    sopClass: text(ds, '00080016') ?? '',
    pixelSpacing: numbers(ds, '00280030', 2),
    imagerSpacing: numbers(ds, '00181164', 2),
    calibrationType: text(ds, '00280A02'),
    magnification: number(ds, '00181114'),
    sourceToDetector: number(ds, '00181110'),
    sourceToPatient: number(ds, '00181111'),
    aspectRatio: numbers(ds, '00280034', 2),
    regions: items(ds, '00186011').flatMap(regionOf),
  };
}

const CENTIMETRES = 3;

/** Only regions whose two axes are lengths have a scale for distances: M-mode and Doppler have not. */
function regionOf(item: DataSet): Region[] {
  const [unitX, unitY] = [number(item, '00186024'), number(item, '00186026')];
  const [deltaX, deltaY] = [number(item, '0018602C'), number(item, '0018602E')];
  if (unitX !== CENTIMETRES || unitY !== CENTIMETRES || !deltaX || !deltaY) return [];
  return [
    {
      minX: number(item, '00186018') ?? 0,
      minY: number(item, '0018601A') ?? 0,
      maxX: number(item, '0018601C') ?? 0,
      maxY: number(item, '0018601E') ?? 0,
      mmX: Math.abs(deltaX) * 10,
      mmY: Math.abs(deltaY) * 10,
    },
  ];
}

function windowsOf(ds: DataSet): Window[] {
  const centers = numbers(ds, '00281050') ?? [];
  const widths = numbers(ds, '00281051') ?? [];
  return centers.flatMap((center, index) => {
    const width = widths[index];
    return width !== undefined && width > 0 ? [{ center, width }] : [];
  });
}

function voiLutOf(ds: DataSet): VoiLut | null {
  const item = items(ds, '00283010')[0];
  if (!item) return null;
  const descriptor = numbers(item, '00283002', 3);
  const entries = words(item, '00283006');
  return descriptor && entries ? { first: descriptor[1] ?? 0, entries } : null;
}

function unitOf(ds: DataSet, modality: string): string {
  const stated = text(ds, '00281054');
  if (stated && stated !== 'US') return stated;
  return modality === 'CT' && number(ds, '00281052') !== undefined ? 'HU' : '';
}

function cineOf(ds: DataSet): CineFacts {
  return {
    frameTime: number(ds, '00181063'),
    frameTimes: numbers(ds, '00181065'),
    cineRate: number(ds, '00180040'),
    displayRate: number(ds, '00082144'),
  };
}

const COLOUR = /^(RGB|YBR|PALETTE)/;
export const isColour = (header: Header): boolean => COLOUR.test(header.pixels.photometric);
