import { describe, expect, it } from 'vitest';
import { type CalibrationFacts, calibrationOf, scaleFor } from './calibration';

const facts = (over: Partial<CalibrationFacts>): CalibrationFacts => ({
  modality: 'CT',
  sopClass: '1.2.840.10008.5.1.4.1.1.2',
  regions: [],
  ...over,
});
const DX = { modality: 'DX', sopClass: '1.2.840.10008.5.1.4.1.1.1.1' };

describe('calibration', () => {
  it('takes the spacing of slices as geometry', () => {
    expect(calibrationOf(facts({ pixelSpacing: [0.7, 0.7] }))).toMatchObject({
      source: 'tomographic',
      spacing: [0.7, 0.7],
    });
  });

  it('says detector for a projection that only knows its detector', () => {
    expect(calibrationOf(facts({ ...DX, imagerSpacing: [0.14, 0.14] })).source).toBe('detector');
    expect(calibrationOf(facts({ ...DX, pixelSpacing: [0.14, 0.14] })).source).toBe('detector');
    const equal = { pixelSpacing: [0.14, 0.14], imagerSpacing: [0.14, 0.14] };
    expect(calibrationOf(facts({ ...DX, ...equal })).source).toBe('detector');
  });

  it('says calibrated for a projection corrected by a marker, by geometry or by its magnification', () => {
    const marked = { pixelSpacing: [0.1, 0.1], imagerSpacing: [0.14, 0.14], calibrationType: 'FIDUCIAL' };
    expect(calibrationOf(facts({ ...DX, ...marked }))).toMatchObject({
      source: 'calibrated',
      spacing: [0.1, 0.1],
    });
    const magnified = calibrationOf(facts({ ...DX, imagerSpacing: [0.2, 0.2], magnification: 1.25 }));
    expect(magnified.source).toBe('calibrated');
    expect(magnified.spacing?.[0]).toBeCloseTo(0.16);
    const distances = { sourceToDetector: 1500, sourceToPatient: 1200 };
    expect(calibrationOf(facts({ ...DX, imagerSpacing: [0.2, 0.2], ...distances })).spacing?.[1]).toBeCloseTo(
      0.16,
    );
  });

  it('knows nothing but pixels where the file gives no spacing, or a nonsense one', () => {
    expect(calibrationOf(facts(DX)).source).toBe('pixel');
    expect(calibrationOf(facts({ pixelSpacing: [0, 0] })).source).toBe('pixel');
    expect(calibrationOf(facts({ modality: 'OT', aspectRatio: [2, 1] })).aspect).toBe(2);
  });

  it('calls the spacing of a capture stated, not true', () => {
    const capture = { modality: 'OT', sopClass: '1.2.840.10008.5.1.4.1.1.7', pixelSpacing: [1, 1] };
    expect(calibrationOf(facts(capture)).source).toBe('stated');
  });

  it('measures ultrasound in millimetres only inside one region', () => {
    const region = { minX: 10, minY: 10, maxX: 99, maxY: 99, mmX: 0.2, mmY: 0.3 };
    const made = calibrationOf(facts({ modality: 'US', sopClass: '', regions: [region] }));
    expect(
      scaleFor(made, [
        [20, 20],
        [90, 90],
      ]),
    ).toEqual({ source: 'region', mmX: 0.2, mmY: 0.3 });
    expect(
      scaleFor(made, [
        [20, 20],
        [200, 90],
      ]),
    ).toMatchObject({ source: 'pixel' });
  });
});
