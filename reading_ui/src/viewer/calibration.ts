/** How many millimetres a pixel is, and how far that may be believed. Pure. */

export type Source =
  /** Slices through the patient: the spacing is geometry. */
  | 'tomographic'
  /** A projection corrected by a marker or by known geometry (0028,0A02), or by its magnification factor. */
  | 'calibrated'
  /** A projection measured at the detector: larger than life by an unknown factor. */
  | 'detector'
  /** A spacing the file states without saying where it comes from (captures, scans). */
  | 'stated'
  /** An ultrasound region's own scale. */
  | 'region'
  /** No scale at all: only pixels may be counted. */
  | 'pixel';

/** PS3.3 C.8.5.5: a part of an ultrasound picture with its own scale. Millimetres where the units are cm. */
export interface Region {
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
  mmX: number;
  mmY: number;
}

export interface Calibration {
  source: Source;
  /** Millimetres per pixel between rows and between columns; null when unknown. */
  spacing: readonly [row: number, column: number] | null;
  /** Height of a pixel over its width, for angles where there are no millimetres. */
  aspect: number;
  regions: readonly Region[];
}

export interface CalibrationFacts {
  modality: string;
  sopClass: string;
  pixelSpacing?: number[];
  imagerSpacing?: number[];
  calibrationType?: string;
  magnification?: number;
  sourceToDetector?: number;
  sourceToPatient?: number;
  aspectRatio?: number[];
  regions: readonly Region[];
}

const PROJECTION_MODALITIES = new Set(['CR', 'DX', 'DR', 'MG', 'XA', 'RF', 'RG', 'PX', 'IO', 'RTIMAGE']);
const PROJECTION_CLASSES = [
  '1.2.840.10008.5.1.4.1.1.1', // CR, DX, MG, IO (and their children)
  '1.2.840.10008.5.1.4.1.1.12', // XA, RF
];
const CAPTURE_CLASS = '1.2.840.10008.5.1.4.1.1.7';

const under = (sopClass: string, root: string) => sopClass === root || sopClass.startsWith(`${root}.`);
const positive = (pair: number[] | undefined): readonly [number, number] | null => {
  const [row, column] = pair ?? [];
  return row !== undefined && column !== undefined && row > 0 && column > 0 ? [row, column] : null;
};
const same = (a: readonly number[], b: readonly number[]) =>
  a.every((value, index) => Math.abs(value - (b[index] ?? 0)) <= 1e-4 * value);

export const isProjection = (facts: Pick<CalibrationFacts, 'modality' | 'sopClass'>): boolean =>
  PROJECTION_MODALITIES.has(facts.modality) || PROJECTION_CLASSES.some((root) => under(facts.sopClass, root));

/** The rules of PS3.3 10.7.1.3 and C.8.11.4: imager spacing is never passed off as the patient's. */
export function calibrationOf(facts: CalibrationFacts): Calibration {
  const [vertical = 1, horizontal = 1] = facts.aspectRatio ?? [];
  const made = (source: Source, spacing: readonly [number, number] | null): Calibration => ({
    source,
    spacing,
    aspect: spacing ? spacing[0] / spacing[1] : vertical / horizontal,
    regions: facts.regions,
  });
  const stated = positive(facts.pixelSpacing);
  if (facts.modality === 'US' || facts.regions.length > 0) {
    if (facts.regions.length > 0) return made('region', null);
    return stated ? made('stated', stated) : made('pixel', null);
  }
  if (isProjection(facts)) return projection(facts, stated, made);
  if (!stated) return made('pixel', null);
  return made(under(facts.sopClass, CAPTURE_CLASS) ? 'stated' : 'tomographic', stated);
}

function projection(
  facts: CalibrationFacts,
  stated: readonly [number, number] | null,
  made: (source: Source, spacing: readonly [number, number] | null) => Calibration,
): Calibration {
  const imager = positive(facts.imagerSpacing);
  if (stated && facts.calibrationType) return made('calibrated', stated);
  if (stated && imager && !same(stated, imager)) return made('calibrated', stated);
  const factor = magnificationOf(facts);
  if (imager && factor > 1) return made('calibrated', [imager[0] / factor, imager[1] / factor]);
  const detector = imager ?? stated;
  return detector ? made('detector', detector) : made('pixel', null);
}

/** Estimated Radiographic Magnification Factor (0018,1114), else the two distances; 1 when unknown. */
function magnificationOf({ magnification, sourceToDetector, sourceToPatient }: CalibrationFacts): number {
  if (magnification !== undefined && magnification > 1) return magnification;
  if (sourceToDetector && sourceToPatient && sourceToPatient < sourceToDetector && sourceToPatient > 0) {
    return sourceToDetector / sourceToPatient;
  }
  return 1;
}

export type Point = readonly [x: number, y: number];

/** The scale that holds between some points of a picture: an ultrasound region must contain them all. */
export function scaleFor(
  calibration: Calibration,
  points: readonly Point[],
): { source: Source; mmX: number; mmY: number } {
  const region = calibration.regions.find((candidate) =>
    points.every(
      ([x, y]) =>
        x >= candidate.minX && x <= candidate.maxX + 1 && y >= candidate.minY && y <= candidate.maxY + 1,
    ),
  );
  if (region) return { source: 'region', mmX: region.mmX, mmY: region.mmY };
  if (calibration.spacing && calibration.source !== 'region') {
    return { source: calibration.source, mmX: calibration.spacing[1], mmY: calibration.spacing[0] };
  }
  return { source: 'pixel', mmX: 1, mmY: calibration.aspect };
}
