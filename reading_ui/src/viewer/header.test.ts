import { describe, expect, it } from 'vitest';
import type { DataSet } from './dicomjson';
import { failureOf, failureOfStatus } from './failures';
import { headerOf, isColour } from './header';
import { isSoftware } from './rasteriser';

const v = (vr: string, ...Value: unknown[]) => ({ vr, Value });

describe('headers', () => {
  it('reads numbers sent as text and takes HU for a CT with a rescale', () => {
    const header = headerOf(
      { '00080060': v('CS', 'CT'), '00281052': v('DS', '-1024'), '00281053': v('DS', 1) },
      1,
    );
    expect([header.intercept, header.slope, header.unit]).toEqual([-1024, 1, 'HU']);
  });

  it('keeps only complete windows', () => {
    const header = headerOf({ '00281050': v('DS', 40, 300), '00281051': v('DS', 400, 0) }, 1);
    expect(header.windows).toEqual([{ center: 40, width: 400 }]);
  });

  it('gives each frame of an enhanced object its own position and the shared spacing', () => {
    const ds: DataSet = {
      '52009229': v('SQ', { '00289110': v('SQ', { '00280030': v('DS', 0.5, 0.5) }) }),
      '52009230': v(
        'SQ',
        { '00209113': v('SQ', { '00200032': v('DS', 0, 0, 1) }) },
        { '00209113': v('SQ', { '00200032': v('DS', 0, 0, 2) }) },
      ),
      '00200037': v('DS', 1, 0, 0, 0, 1, 0),
    };
    expect(headerOf(ds, 2).plane?.position).toEqual([0, 0, 2]);
    expect(headerOf(ds, 2).calibration.spacing).toEqual([0.5, 0.5]);
  });

  it('counts only ultrasound regions whose axes are lengths', () => {
    const region = (unit: number) => ({
      '00186024': v('US', unit),
      '00186026': v('US', unit),
      '0018602C': v('FD', 0.02),
      '0018602E': v('FD', -0.03),
    });
    const header = headerOf({ '00080060': v('CS', 'US'), '00186011': v('SQ', region(3), region(4)) }, 1);
    expect(header.calibration.regions).toHaveLength(1);
    expect(header.calibration.regions[0]).toMatchObject({ mmX: 0.2, mmY: 0.3 });
  });

  it('survives a header with nothing in it', () => {
    const header = headerOf({}, 1);
    expect(header.calibration.source).toBe('pixel');
    expect(isColour(header)).toBe(false);
  });
});

describe('failures', () => {
  it('tell a lost session from a missing picture and a codec from a broken one', () => {
    expect(failureOfStatus(401).code).toBe('session');
    expect(failureOf({ status: 404 }).code).toBe('absent');
    expect(failureOf({ status: 0 }).code).toBe('network');
    expect(failureOf(new Error('no decoder for transfer syntax 1.2')).code).toBe('syntax');
    expect(failureOf(new Error('bad marker')).code).toBe('decode');
  });
});

describe('the rasteriser', () => {
  it('is software where the name says so or where there is none', () => {
    expect(isSoftware('ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device))')).toBe(true);
    expect(isSoftware('llvmpipe (LLVM 15.0.6, 256 bits)')).toBe(true);
    expect(isSoftware(null)).toBe(true);
    expect(isSoftware('ANGLE (NVIDIA, NVIDIA GeForce RTX 3060)')).toBe(false);
  });
});
