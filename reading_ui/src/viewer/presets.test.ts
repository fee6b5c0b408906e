import { describe, expect, it } from 'vitest';
import { presetsFor, rangeOf, windowOf, windowOfLut, windowOfPreset } from './presets';

describe('windows', () => {
  it('maps LINEAR as PS3.3 C.11.2.1.2 does and comes back', () => {
    expect(rangeOf({ center: 40, width: 400 }, undefined)).toEqual({ lower: -160, upper: 239 });
    expect(windowOf({ lower: -160, upper: 239 }, undefined)).toEqual({ center: 40, width: 400 });
    expect(windowOf(rangeOf({ center: 10, width: 3 }, 'LINEAR_EXACT'), 'LINEAR_EXACT')).toEqual({
      center: 10,
      width: 3,
    });
  });

  it('offers CT windows on the number keys, each key once', () => {
    const ct = presetsFor('CT', false);
    expect(ct.find((preset) => preset.key === '2')?.window).toEqual({ center: -600, width: 1500 });
    expect(ct.find((preset) => preset.key === '5')?.window).toEqual({ center: 40, width: 80 });
    expect(new Set(ct.map((preset) => preset.key)).size).toBe(9);
  });

  it('scales the file window for modalities without absolute values, and offers none for colour', () => {
    const wide = presetsFor('MR', false).find((preset) => preset.id === 'wide');
    const file = { center: 500, width: 1000 };
    expect(wide && windowOfPreset(wide, file, { lower: 0, upper: 4095 })).toEqual({
      center: 500,
      width: 1600,
    });
    expect(presetsFor('US', true)).toEqual([]);
  });

  it('opens the full range of the pixels', () => {
    const full = presetsFor('MR', false).find((preset) => preset.id === 'full');
    const shown = full && windowOfPreset(full, { center: 1, width: 1 }, { lower: 0, upper: 100 });
    expect(shown).toEqual({ center: 50, width: 100 });
  });

  it('finds the straight window nearest a VOI LUT, rising or falling', () => {
    const entries = Array.from({ length: 1000 }, (_, index) => Math.min(255, Math.max(0, index - 300)));
    const near = windowOfLut({ first: 100, entries });
    expect(near?.center).toBeCloseTo(100 + 427, -1);
    expect(near?.width).toBeGreaterThan(230);
    expect(windowOfLut({ first: 0, entries: [5, 5, 5] })).toBeNull();
  });
});
