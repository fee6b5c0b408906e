"""Bones of the chest phantom: ribs with cartilage, vertebrae, breastbone, collar bones, shoulder blades.

Each part paints itself onto a plane: a bright cortex about a spongy core, in HU.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from teleconsult.demo.phantoms.shapes import Field, Plane, Tube, along, cone, ellipse, inside, paint
from teleconsult.demo.phantoms.thorax import BODY_DEEP, CAGE_BACK, CAGE_DEEP, SPINE_BACK, cage

CORTEX, SPONGE, CARTILAGE, CORD, FLUID = 820.0, 260.0, 115.0, 38.0, 12.0
RIB_STEP, RIB_TOP, VERTEBRA_STEP = 24.5, 138.0, 24.5
RIB_ENDS = np.radians([150, 150, 148, 146, 144, 140, 135, 130, 124, 118, 92, 62]).astype(np.float32)
"""How far round each rib is bone, from the spine (0) to the breastbone (180 degrees)."""

CLAVICLES = tuple(
    Tube(
        points=((s * 18, -70, 100), (s * 52, -74, 110), (s * 104, -44, 128), (s * 140, -14, 134)),
        radii=(8, 5.5, 5.5, 5.5),
    )
    for s in (-1, 1)
)


def rib_fall(angle: Field) -> Field:
    """How much lower than at the spine a rib is at this angle round the cage, mm."""
    return np.asarray(104.0 * (1.0 - np.cos(0.92 * angle)) / 2.0)


def paint_ribs(hu: Field, plane: Plane, wall: Field) -> None:
    """Ribs and their cartilage; `wall` is the signed distance to the middle surface of the cage."""
    rows, columns = np.nonzero(np.abs(wall) < 6.0)
    if not len(rows):
        return
    x, y, off = plane.x[rows, columns], plane.y[rows, columns], wall[rows, columns]
    angle = np.arctan2(np.abs(x), y - float(along(plane.z, CAGE_BACK)))
    first = (RIB_TOP - plane.z - 0.6 * rib_fall(angle)) / RIB_STEP
    steep = np.clip(0.5 + 0.09 * first, 0.45, 1.15)
    lift = np.maximum(angle - 2.45, 0.0) * np.clip(first - 3, 0, 4) * 22.0
    phase = (RIB_TOP - plane.z - steep * rib_fall(angle) + lift) / RIB_STEP
    number = np.clip(np.round(phase), 0, 11).astype(int)
    up = (phase - number) * RIB_STEP
    shape = np.sqrt((up / 6.2) ** 2 + (off / 3.7) ** 2)
    depth = (1.0 - shape) * 3.9
    bone = inside(np.minimum(depth, (RIB_ENDS[number] - angle) * 60.0))
    gristle = inside(np.minimum(depth, 60.0 * (angle - RIB_ENDS[number]))) * (number < 10)
    core = inside(depth - 1.5, 1.5)
    values = hu[rows, columns]
    paint(values, gristle, CARTILAGE)
    paint(values, bone, CORTEX + core * (SPONGE - CORTEX))
    hu[rows, columns] = values


def _shell(hu: Field, distance: Field, rim: float, core: float = SPONGE, cortex: float = CORTEX) -> None:
    paint(hu, inside(distance), cortex + inside(distance - rim, 1.2) * (core - cortex))


def paint_spine(hu: Field, plane: Plane) -> None:
    """The vertebra or disc at this height, its arch and processes, and the cord."""
    back = float(along(plane.z, SPINE_BACK))
    window = plane.window(-48, 48, back - 28, back + 72)
    if window is None:
        return
    part, x, y = hu[window], plane.x[window], plane.y[window] - back
    grow = float(along(plane.z, {-170: 1.2, 60: 1.0, 150: 0.86, 190: 0.8}))
    up = (plane.z + 6.0) % VERTEBRA_STEP  # 0..24.5 mm above the lower face of this vertebra
    disc = up > 19.5
    waist = 0.0 if disc else 1.6 * math.sin(math.pi * up / 19.5)
    block = np.minimum(ellipse(x, y, (17 - waist) * grow, (14 - waist) * grow)[0], (12.0 * grow - y) * 1.0)
    _paint_canal(part, x, y - 21 * grow, up)
    _paint_arch(part, np.abs(x), y - 21 * grow, up)
    if disc:
        paint(part, inside(block), 82.0)
        return
    plate = min(up, 19.5 - up)
    _shell(part, block, 1.3, core=190.0 + 330.0 * max(0.0, 1.0 - plate / 1.6), cortex=520.0)


def _paint_canal(part: Field, x: Field, y: Field, up: float) -> None:
    tube = ellipse(x, y, 10.5, 8.5)[0]
    paint(part, inside(tube), -40.0)
    paint(part, inside(tube - 1.8), FLUID)
    paint(part, inside(ellipse(x, y - 0.5, 5.2, 3.9)[0]), CORD)


def _paint_arch(part: Field, x: Field, y: Field, up: float) -> None:
    canal = ellipse(x, y, 10.5, 8.5)[0]
    ring = np.minimum(-canal, canal + 5.0)  # 5 mm of bone about the canal
    foramen = up < 5.0 or up > 20.0
    if foramen:
        ring = np.minimum(ring, y - 3.0)
    joint = ellipse(x - 14, y - 4, 5.5, 5.0)[0]
    _shell(part, np.maximum(ring, joint) if not 8 < up < 14 else ring, 1.1, cortex=560.0)
    if 7 < up < 19:  # transverse processes, with the rib's tubercle at their end
        thick = 4.8 * math.sqrt(max(0.0, 1 - ((up - 13) / 6.5) ** 2))
        _shell(part, cone(x, y, 0.0, (9, 0, 0), (31, 12, 0), thick, thick + 0.8), 1.2)
    lean = min(max((up - 2.0) / 17.0, 0.0), 1.0)
    tip = 36.0 - 12.0 * lean
    _shell(part, cone(x, y, 0.0, (0, 11, 0), (0, tip, 0), 3.4, 3.0), 1.1, cortex=560.0)


def paint_breastbone(hu: Field, plane: Plane) -> None:
    """Manubrium, body and xiphoid."""
    z = plane.z
    front = float(along(z, CAGE_BACK)) - float(along(z, CAGE_DEEP)) - 1.0
    window = plane.window(-40, 40, front - 16, front + 24)
    if window is None or not -78 < z < 104:
        return
    part, x, y = hu[window], plane.x[window], plane.y[window] - front
    wide = float(along(z, {-78: 4, -62: 9, -50: 16, 20: 15, 52: 12, 60: 17, 92: 27, 104: 20}))
    end = min(z + 78, 104 - z)
    slab = ellipse(x, y + 0.0035 * x * x, wide, 6.2, 2.5)[0]
    _shell(part, np.minimum(slab, end), 1.1, core=150.0, cortex=430.0)


def paint_shoulders(hu: Field, plane: Plane) -> None:
    """Collar bones and shoulder blades with their spines."""
    for tube in CLAVICLES:
        window = tube.window(plane, 3.0) if tube.near(plane.z, 3.0) else None
        if window is not None:
            _shell(hu[window], tube.distance(plane.x[window], plane.y[window], plane.z), 1.7)
    for side in (-1, 1):
        for distance, window in blade(plane, side, 4.0):
            _shell(hu[window], distance, 1.1, core=340.0, cortex=680.0)


def blade(plane: Plane, side: int, margin: float) -> list[tuple[Field, Any]]:
    """Signed distances to the parts of a shoulder blade that this plane cuts, with their windows."""
    z = plane.z
    if not -16 < z < 134:
        return []
    inner = (float(along(z, {-16: 96, 60: 78, 134: 74})), float(along(z, {-16: 72, 20: 78, 70: 82, 110: 74, 134: 56})))
    outer = (
        float(along(z, {-16: 100, 40: 122, 110: 136, 134: 130})),
        float(along(z, {-16: 68, 40: 44, 110: 12, 134: 14})),
    )
    end = float(along(z, {-16: 2.0, 60: 3.2, 95: 8.0, 120: 9.5, 134: 3}))
    bend = (inner[0] + 0.72 * (outer[0] - inner[0]) + 2.5, inner[1] + 0.72 * (outer[1] - inner[1]) + 2.5)
    parts = [(inner, bend, 1.5, 2.0), (bend, outer, 2.0, end)]
    if 92 < z < 128:  # the spine of the blade rises to the acromion
        root = (inner[0] + 8, inner[1] - 2)
        tip = (inner[0] + 20 + (z - 92) * 1.1, min(inner[1] + 4, float(along(z, BODY_DEEP)) - 26) - (z - 92) * 0.75)
        parts.append((root, tip, 1.8, 3.4))
    found = []
    for p, q, rp, rq in parts:
        xs = sorted((side * p[0], side * q[0]))
        ys = sorted((p[1], q[1]))
        reach = rq + margin
        window = plane.window(xs[0] - reach, xs[1] + reach, ys[0] - reach, ys[1] + reach)
        if window is not None:
            p3, q3 = (side * p[0], p[1], 0.0), (side * q[0], q[1], 0.0)
            found.append((cone(plane.x[window], plane.y[window], 0.0, p3, q3, rp, rq), window))
    return found


def wall_distance(plane: Plane) -> Field:
    """Signed distance to the middle surface of the rib cage on a plane."""
    return cage(plane.x, plane.y, plane.z)
