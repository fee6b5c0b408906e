import type { TFunction } from 'i18next';
import { alongNormal, type PaneView, planeOf, type Stack } from '@/viewer';

/** The lines in the lower corners of a picture. */
export interface OverlayLines {
  bottomLeft: string[];
  bottomRight: string[];
}

const fixed = (value: number, digits = 1): string => {
  const text = value.toFixed(digits);
  return text.endsWith('.0') ? text.slice(0, -2) : text;
};

export function overlayLines(view: PaneView, stack: Stack, t: TFunction<'viewer'>): OverlayLines {
  return { bottomLeft: placeLines(view, stack, t), bottomRight: lookLines(view, t) };
}

function placeLines(view: PaneView, stack: Stack, t: TFunction<'viewer'>): string[] {
  const { header } = view;
  const image = t('overlay.image', { index: view.index + 1, count: view.count });
  const instance = header?.instanceNumber ?? null;
  const named = !stack.multiframe && instance !== null && instance !== view.index + 1;
  const first = named ? `${image} · ${t('overlay.instance', { n: instance })}` : image;
  if (!header) return [first];
  return [facingLine(view, t), positionLine(view, t), first].filter(Boolean);
}

function facingLine({ header }: PaneView, t: TFunction<'viewer'>): string {
  if (!header) return '';
  const plane = header.plane ? t(`plane.${planeOf(header.plane.row, header.plane.column)}`) : '';
  // U is a body part that has no side.
  const side = header.laterality === 'U' ? '' : header.laterality;
  return [plane, side, header.viewPosition].filter(Boolean).join(' ');
}

function positionLine({ header }: PaneView, t: TFunction<'viewer'>): string {
  if (!header) return '';
  const at = header.plane
    ? alongNormal(header.plane.position, header.plane.row, header.plane.column)
    : header.sliceLocation;
  const position = at === null ? '' : t('overlay.position', { mm: fixed(at) });
  const thickness = header.thickness ? t('overlay.thickness', { mm: fixed(header.thickness, 2) }) : '';
  return [position, thickness].filter(Boolean).join('  ');
}

function lookLines(view: PaneView, t: TFunction<'viewer'>): string[] {
  const { window, header } = view;
  const shown = window
    ? t('overlay.window', { center: Math.round(window.center), width: Math.round(window.width) })
    : '';
  const preset = window ? t(`preset.${view.preset ?? 'own'}`) : '';
  const marks = [
    view.inverted && t('overlay.inverted'),
    view.lutApproximated && t('overlay.lut'),
    header?.lossy && t('overlay.lossy'),
  ];
  const zoom = view.zoom ? t('overlay.zoom', { percent: Math.round(view.zoom * 100) }) : '';
  const source = header ? t('overlay.calibration', { scale: t(`scale.${header.calibration.source}`) }) : '';
  return [marks.filter(Boolean).join(' · '), source, zoom, [preset, shown].filter(Boolean).join('  ')].filter(
    Boolean,
  );
}
