import { describe, expect, it, vi } from 'vitest';

vi.mock('@cornerstonejs/core', () => ({ imageLoader: {} }));
vi.mock('@cornerstonejs/dicom-image-loader', () => ({ default: {} }));

const { isWhole } = await import('./wholeFrames');

const image = (length: number, color = false, bitsAllocated = 16) => ({
  rows: 4,
  columns: 6,
  color,
  imageFrame: { bitsAllocated },
  getPixelData: () => ({ length }),
});

describe('a frame', () => {
  it('is whole with a value for each place, or three and more where it is coloured', () => {
    expect(isWhole(image(24))).toBe(true);
    expect(isWhole(image(72, true, 8))).toBe(true);
    expect(isWhole(image(96, true, 8))).toBe(true);
    expect(isWhole(image(3, false, 1))).toBe(true);
  });

  it('is none when it ends early', () => {
    expect(isWhole(image(23))).toBe(false);
    expect(isWhole(image(71, true, 8))).toBe(false);
    expect(isWhole(image(2, false, 1))).toBe(false);
  });
});
