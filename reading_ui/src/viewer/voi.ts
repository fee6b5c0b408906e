import type { StackViewport } from '@cornerstonejs/core';
import { type Header, isColour } from './header';
import { fullRange } from './picture';
import {
  type Preset,
  type PresetId,
  presetsFor,
  type Range,
  rangeOf,
  type Window,
  windowOf,
  windowOfLut,
  windowOfPreset,
} from './presets';
import type { Stack } from './stacks';

/** The library's type hides that its range is null between a new stack and that stack's first picture. */
const near = (a: Range | null | undefined, b: Range): boolean =>
  !!a && Math.abs(a.lower - b.lower) < 1e-3 && Math.abs(a.upper - b.upper) < 1e-3;

/**
 * The window and polarity one pane holds. As long as nobody has touched it, every picture is shown with the window
 * its own file gives; a window once chosen stays for the stack. Polarity is MONOCHROME1 xor the inverted switch,
 * decided here alone: the library's own reset forgets MONOCHROME1 on the CPU path.
 */
export class Voi {
  private chosen: { window: Window; preset: PresetId | null } | null = null;
  private fallback: Window | null = null;
  private held: { range: Range; invert: boolean } | null = null;
  inverted = false;

  restart(): void {
    this.chosen = null;
    this.fallback = null;
    this.held = null;
    this.inverted = false;
  }

  window(header: Header, imageId: string, stack: Stack): Window | null {
    if (isColour(header)) return null;
    return this.chosen?.window ?? this.file(header, imageId, stack);
  }

  preset(header: Header): PresetId | null {
    if (isColour(header)) return null;
    return this.chosen ? this.chosen.preset : 'file';
  }

  private file(header: Header, imageId: string, stack: Stack): Window | null {
    const own = header.windows[0] ?? (header.voiLut ? windowOfLut(header.voiLut) : null) ?? stack.window;
    if (own) return own;
    const full = fullRange(imageId);
    // One window for the whole stack, or the grey of the same tissue would change from slice to slice.
    this.fallback ??= full ? windowOf(full, header.voiFunction) : null;
    return this.fallback;
  }

  choose(window: Window, preset: PresetId | null): void {
    this.chosen = preset === 'file' ? null : { window, preset };
  }

  /** The preset on a number key, as it applies to this picture. */
  chooseKey(key: string, header: Header, imageId: string, stack: Stack): void {
    const preset = presetsFor(header.modality, isColour(header)).find((found: Preset) => found.key === key);
    const file = this.file(header, imageId, stack);
    if (!preset || !file) return;
    const full = fullRange(imageId) ?? rangeOf(file, header.voiFunction);
    this.choose(windowOfPreset(preset, file, full), preset.id);
  }

  /** A drag of the window tool ended up here. */
  dragged(range: Range, header: Header): void {
    this.choose(windowOf(range, header.voiFunction), null);
  }

  /** Makes the viewport show what this pane holds. Cheap and harmless when it already does. */
  hold(viewport: StackViewport, header: Header, imageId: string, stack: Stack, path: 'cpu' | 'gpu'): void {
    const invert = (header.pixels.photometric === 'MONOCHROME1') !== this.inverted;
    const window = this.window(header, imageId, stack);
    const now = viewport.getProperties();
    const range = window ? rangeOf(window, header.voiFunction) : undefined;
    if (now.invert === invert && (!range || near(now.voiRange, range))) return;
    viewport.setProperties(range ? { voiRange: range, invert } : { invert }, true);
    // On the CPU path a new picture keeps the old window on the screen but reports its own: then only the
    // report is put right, and nothing has to be drawn again.
    const drawn = path === 'cpu' && range && this.held?.invert === invert && near(this.held.range, range);
    this.held = range ? { range, invert } : null;
    if (!drawn) viewport.render();
  }
}
