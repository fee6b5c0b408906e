"""Soft parts of the chest phantom painted onto a plane: muscles, mediastinum, heart, vessels, the belly's upper organs."""

from __future__ import annotations

import numpy as np

from teleconsult.demo.phantoms import skeleton, thorax
from teleconsult.demo.phantoms.shapes import OUTSIDE, Field, Plane, along, ellipse, inside, paint, union

AIR, LUNG, FAT, MUSCLE, BLOOD, HEART, LIVER = -1000.0, -850.0, -100.0, 52.0, 43.0, 47.0, 58.0
"""Tissues in HU."""


def _taper(*rises: tuple[Field | float, float]) -> Field:
    """1 well inside a muscle's bounds, falling to 0 at them: the product of (distance from a bound, over how many mm)."""
    share: Field = np.ones((), dtype=np.float32)
    for distance, over in rises:
        share = share * np.clip(distance / np.float32(over), 0.0, 1.0)
    return np.asarray(np.sqrt(share))


def muscles(plane: Plane, wall: Field, wave: Field) -> Field:
    """Signed distance to the larger muscles of the chest wall; `wave` (about -1..1) makes their thickness uneven."""
    x, y, z = np.abs(plane.x), plane.y, plane.z
    best = np.full(x.shape, OUTSIDE, dtype=np.float32)

    def add(distance: Field) -> None:
        np.maximum(best, distance, out=best)

    out = -wall
    if -15 < z < 132:  # pectorals
        add((19.0 + 2.5 * wave) * _taper((x - 10, 22), (-(y + 6), 40), (z + 15, 40), (132 - z, 10)) - out)
    add((14.0 + 3.0 * wave) * _taper((y + 22, 30), (x - 30, 35)) - out)  # serratus and latissimus
    back = along(z, thorax.SPINE_BACK)
    add(ellipse(x - 26, y - back - 33, 25, 15 + wave)[0])  # erector spinae
    add(ellipse(x - 30, y - back - 50, 46, 8 + wave)[0])  # trapezius and rhomboids
    if z < -40:
        add((12.0 + 2.0 * wave) * _taper((-y, 60), (x - 4, 12), (-40 - z, 50)) - out)  # belly wall
    add(_about_blades(plane))
    if z > 100:
        rise = min(1.0, (z - 100.0) / 25.0)
        add(ellipse(x, y - back + 2, 52 * rise, 46 * rise + 0.1)[0])  # neck root
        add(ellipse(x - 84, y - 14, 48 * rise, 26 * rise + 2 * wave)[0])  # shoulder
    return best


def _about_blades(plane: Plane) -> Field:
    best = np.full(plane.x.shape, OUTSIDE, dtype=np.float32)
    for side in (-1, 1):
        for distance, window in skeleton.blade(plane, side, 22.0):
            thick = 14.0 if plane.z > 20 else 9.0
            best[window] = np.maximum(best[window], distance + thick)
    return best


def mediastinum(plane: Plane, coat: Field) -> Field:
    """Signed distance to the mediastinum; the heart wears a `coat` of fat."""
    x, y, z = plane.x, plane.y, plane.z
    best = union(thorax.septum(x, y, z), thorax.spine_bulge(x, y, z), 10.0)
    if z < 20:
        best = union(best, thorax.heart(x, y, z) + coat, 8.0)
    for tube in thorax.WRAPPED:
        window = tube.window(plane, 18.0) if tube.near(z, 18.0) else None
        if window is not None:
            best[window] = union(best[window], tube.distance(x[window], y[window], z) + 3.5, 10.0)
    return best


def paint_fissures(hu: Field, plane: Plane, lung: Field) -> None:
    """The oblique fissures, and the horizontal one of the right lung."""
    x, y, z = plane.x, plane.y, plane.z
    oblique = np.abs((y - 6.0) * 0.72 - 0.69 * (z - 18.0) * -1.0 - 0.06 * np.abs(x))
    cover = inside(0.7 - oblique, 1.4)
    if abs(z - 24.0) < 5.0:
        level = np.abs(z - 24.0 - 0.04 * (y + 30) + 0.0006 * (x + 80) ** 2)
        cover = np.maximum(cover, inside(np.minimum(0.8 - level, np.minimum(-x, -(y - 8.0))), 1.6))
    paint(hu, 0.22 * cover * lung, -300.0)


def organs_between(hu: Field, plane: Plane) -> None:
    """Heart, great vessels, gullet and windpipe."""
    z = plane.z
    if z < 22:
        _paint_heart(hu, plane)
    for tubes, value, hollow in (
        (thorax.BLOOD, BLOOD, 0.0),
        ((thorax.GULLET,), 38.0, 0.0),
        ((thorax.WINDPIPE,), 25.0, 1.5),
    ):
        for tube in tubes:
            window = tube.window(plane, 2.0) if tube.near(z, 2.0) else None
            if window is None:
                continue
            distance = tube.distance(plane.x[window], plane.y[window], z)
            paint(hu[window], inside(distance), value)
            if hollow:
                paint(hu[window], inside(distance - hollow), AIR)
            elif tube is thorax.GULLET and z > 0:
                paint(hu[window], inside(distance - 5.6), -500.0)
            elif tube is thorax.AORTA and z < 40:
                _paint_plaque(hu[window], distance, plane, window)


def _paint_plaque(part: Field, distance: Field, plane: Plane, window: tuple[slice, slice]) -> None:
    """A little chalk in the wall of the descending aorta of an older patient."""
    for height, dx in ((22.0, -9.0), (-52.0, 8.0)):
        if abs(plane.z - height) < 4.0:
            speck = 3.2 - np.abs(distance - 0.6) - 0.35 * np.abs(plane.x[window] - 27 - dx)
            paint(part, inside(np.minimum(speck, plane.y[window] - 20)), 420.0)


def _paint_heart(hu: Field, plane: Plane) -> None:
    window = plane.window(-60, 105, -95, 45)
    if window is None:
        return
    x, y, z = plane.x[window], plane.y[window], plane.z
    right, left, top = thorax.right_heart(x, y, z), thorax.left_heart(x, y, z), thorax.left_atrium(x, y, z)
    whole, part = thorax.heart(x, y, z), hu[window]
    low = (z - thorax.dome(x, y) + 6.0) * 0.8
    sac = np.maximum(right, left)
    paint(part, 0.6 * inside(np.minimum(0.9 - np.abs(sac + 2.4), low)), 20.0)  # pericardium
    groove = np.minimum(2.6 - np.abs(right - left), 9.0 - whole)
    furrow = np.minimum(2.2 - np.abs(np.maximum(right, left) - top), 8.0 - whole)
    paint(part, inside(np.minimum(whole, low)), HEART)
    paint(part, inside(np.minimum(np.minimum(left - 11.0, low), 30.0)), BLOOD - 4.0)
    paint(part, inside(np.minimum(np.maximum(groove, furrow), np.minimum(whole + 1, low)), 1.5), FAT + 15.0)


def organs_below(hu: Field, plane: Plane, hollow: Field) -> None:
    """Diaphragm, liver, spleen and stomach."""
    if plane.z > -55:
        return
    x, y, z = plane.x, plane.y, plane.z
    under = np.minimum((thorax.dome(x, y) - z) * 0.75, hollow)
    paint(hu, inside(np.minimum(np.minimum(under, 3.5 - under), -np.abs(z) + 400)), 48.0)  # the diaphragm itself
    paint(hu, inside(under - 3.5), FAT)
    paint(hu, inside(thorax.liver(x, y, z, under)), LIVER)
    paint(hu, inside(thorax.spleen(x, y, z, under)), 49.0)
    bag = thorax.stomach(x, y, z, under)
    paint(hu, inside(bag), 42.0)
    level = inside(-(plane.rows[:, None] + 34.0))
    paint(hu, inside(bag - 3.5), 18.0 + level * (AIR - 18.0))
