import { describe, expect, it } from 'vitest';
import { type Calibration, calibrationOf } from './calibration';
import { measure, type Picture } from './measure';
import { type MeasureWords, measureLines, measurePhrase } from './measureText';

const words: MeasureWords = {
  source: {
    tomographic: '层面',
    calibrated: '已校准',
    detector: '探测器平面',
    stated: '标称间距',
    region: '超声区域',
    pixel: '未标定',
  },
  pixels: '像素',
  mean: '均值',
  deviation: '标准差',
  minimum: '最小',
  maximum: '最大',
  area: '面积',
};

const ct: Calibration = { source: 'tomographic', spacing: [0.5, 0.5], aspect: 1, regions: [] };
const ramp: Picture = {
  rows: 10,
  columns: 10,
  unit: 'HU',
  at: (x, y) => (x < 0 || y < 0 || x > 9 || y > 9 ? null : x * 10 + y),
  colour: () => null,
};

describe('measuring', () => {
  it('gives a length in millimetres with the name of its source', () => {
    const found = measure(
      'length',
      [
        [0, 0],
        [3, 4],
      ],
      ct,
      ramp,
    );
    expect(found?.length).toBeCloseTo(2.5);
    expect(found && measureLines(found, words)).toEqual(['2.5 mm · 层面']);
    expect(found && measurePhrase(found, words)).toBe('2.5 mm');
  });

  it('never says mm where the scale is unknown', () => {
    const unknown = calibrationOf({ modality: 'DX', sopClass: '', regions: [] });
    const found = measure(
      'length',
      [
        [0, 0],
        [3, 4],
      ],
      unknown,
      ramp,
    );
    const said = found ? [...measureLines(found, words), measurePhrase(found, words)].join() : '';
    expect(said).toContain('5.0 像素');
    expect(said).not.toContain('mm');
  });

  it('names the detector plane even in the report', () => {
    const found = measure(
      'length',
      [
        [0, 0],
        [10, 0],
      ],
      { ...ct, source: 'detector' },
      ramp,
    );
    expect(found && measurePhrase(found, words)).toBe('5.0 mm（探测器平面）');
  });

  it('measures an angle in true proportions where pixels are not square', () => {
    const tall: Calibration = { source: 'tomographic', spacing: [2, 1], aspect: 2, regions: [] };
    expect(
      measure(
        'angle',
        [
          [2, 0],
          [0, 0],
          [2, 1],
        ],
        tall,
        null,
      )?.degrees,
    ).toBeCloseTo(45);
    expect(
      measure(
        'angle',
        [
          [1, 0],
          [0, 0],
          [-1, 0],
        ],
        ct,
        null,
      )?.degrees,
    ).toBeCloseTo(180);
    expect(
      measure(
        'angle',
        [
          [1, -0.01],
          [0, 0],
          [1, 0.01],
        ],
        ct,
        null,
      )?.degrees,
    ).toBeLessThan(2);
  });

  it('averages the pixels whose centre lies in the rectangle, and no others', () => {
    const found = measure(
      'rectangle',
      [
        [2, 2],
        [4, 2],
        [2, 4],
        [4, 4],
      ],
      ct,
      ramp,
    );
    expect(found).toMatchObject({ count: 4, mean: 27.5, minimum: 22, maximum: 33, area: 1 });
  });

  it('leaves the corners out of an ellipse and its area by pi quarters', () => {
    const found = measure(
      'ellipse',
      [
        [5, 9],
        [5, 1],
        [1, 5],
        [9, 5],
      ],
      ct,
      ramp,
    );
    expect(found?.area).toBeCloseTo((16 * Math.PI) / 4);
    expect(found?.count).toBe(52);
  });

  it('reads the pixel under a probe, and nothing beyond the edge', () => {
    expect(measure('probe', [[3.9, 2.1]], ct, ramp)).toMatchObject({ value: 32, at: [4, 3], unit: 'HU' });
    expect(measure('probe', [[-1, 2]], ct, ramp)?.value).toBeUndefined();
  });

  it('shows no mean while only a preview is in memory', () => {
    const found = measure(
      'rectangle',
      [
        [2, 2],
        [4, 4],
      ],
      ct,
      null,
    );
    expect(found?.mean).toBeUndefined();
    expect(found?.area).toBe(1);
  });
});
