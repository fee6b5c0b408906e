"""A brain-like MR phantom: T2-weighted axial slices with skull, folded cortex, white matter, ventricles, eyes, cerebellum.

`brain_volume` promises uint16 of 12 bits, shape (slices, rows, columns), the first slice the lowest. Coordinates as in
`shapes`: x left, y back, z up; z = 0 lies at the level of the thalami.
"""

from __future__ import annotations

import numpy as np

from teleconsult.demo.phantoms.shapes import Cloud, Field, ellipse, ellipsoid, inside, paint, turned

SLICES, SIDE, PIXEL, STEP, LOWEST = 24, 320, 0.67, 5.2, -47.0
"""Slices, rows = columns, pixel and slice step (mm), height of the first slice (mm)."""

AIR, CORTICAL, MARROW, SCALP, MUSCLE, WATER = 18.0, 60.0, 520.0, 900.0, 260.0, 1750.0
GREY, WHITE, DEEP, IRON = 820.0, 480.0, 640.0, 400.0


class _Brain:
    def __init__(self, seed: int) -> None:
        self.axis = ((np.arange(SIDE) - (SIDE - 1) / 2) * PIXEL).astype(np.float32)
        self.warp = (
            Cloud(seed, 40.0, 130),
            Cloud(seed + 1, 40.0, 130),
            Cloud(seed + 2, 14.0, 130),
            Cloud(seed + 3, 14.0, 130),
        )
        self.folds = (
            Cloud(seed + 4, 11.0, 130, tall=18),
            Cloud(seed + 5, 15.0, 130, tall=22),
            Cloud(seed + 6, 5.0, 130),
        )

    def slice(self, z: float) -> Field:
        at = self.axis
        w = [cloud.on(at, at, z) for cloud in self.warp]
        x = (at[None, :] + 0.9 * w[0] + 0.35 * w[2]).astype(np.float32)
        y = (at[:, None] + 0.9 * w[1] + 0.35 * w[3]).astype(np.float32)
        image = np.full((SIDE, SIDE), AIR, dtype=np.float32)
        depth = _paint_head(image, x, y, z)
        folds = [cloud.on(at, at, z) for cloud in self.folds]
        if z > -46:
            self._paint_brain(image, x, y, z, depth, folds)
        if z < -8:
            _paint_back_fossa(image, x, y, z, depth)
        if z < -18:
            _paint_face(image, x, y, z, depth)
        return image

    def _paint_brain(self, image: Field, x: Field, y: Field, z: float, depth: Field, folds: list[Field]) -> None:
        pial = np.minimum(depth - 3.0, _above_tentorium(x, y, z))
        paint(image, inside(np.minimum(depth, _above_tentorium(x, y, z) + 2)), WATER * 0.92)
        furrow = np.minimum(np.abs(folds[0]) * 4.4, np.abs(folds[1]) * 5.4)
        deep = pial - 15.0 + 4.0 * folds[1]
        furrow = np.minimum(furrow + np.clip(deep, 0, None) * 0.4, pial + 0.5)
        ax = np.abs(x)
        bridge = np.clip(34.0 - np.abs(y - 2), 0, 8) if z < 26 else 0.0 * y  # the corpus callosum closes the cleft
        furrow = np.minimum(furrow, ax + 0.5 + bridge)
        if abs(z + 2) < 20:
            line = np.hypot(np.clip(36 - ax, 0, None), y + 12 + 0.3 * (z + 5) + 0.25 * (ax - 40))
            insula = np.hypot(ax - 37, np.clip(np.abs(y + 4) - 15, 0, None))
            furrow = np.minimum(furrow, np.minimum(line, insula + 0.8) + 0.12 * abs(z + 2) * (abs(z + 2) > 12))
        tissue = inside(np.minimum(furrow - 0.5, pial), 1.0)
        texture = 14.0 * folds[2]
        paint(image, tissue, GREY + texture)
        core = np.minimum(furrow - 3.0, pial - 3.4)
        paint(image, inside(core, 1.8) * tissue, WHITE + 0.6 * texture + 14 * folds[1])
        _paint_nuclei(image, x, y, z, texture)
        _paint_ventricles(image, x, y, z)


def _half(z: float, centre: float, radius: float) -> float:
    return float(np.sqrt(max(0.0, 1.0 - ((z - centre) / radius) ** 2)))


def _paint_head(image: Field, x: Field, y: Field, z: float) -> Field:
    """Scalp, skull and marrow; returns the depth inside the skull, mm."""
    grow = _half(z, -8.0, 96.0) if z > -8 else 1.0 - 0.0012 * abs(z + 8)
    skin = ellipse(x, y - 2, 79 * grow, 98 * grow, 2.5)[0] if grow > 0.05 else np.full(x.shape, -9.0)
    paint(image, inside(skin), SCALP * 0.8)
    paint(image, inside(skin - 1.6), SCALP)
    paint(image, inside(np.minimum(skin - 4.0, np.abs(x) - 52 + 0.3 * z)), MUSCLE)  # temporal muscles
    bone = skin - 5.0 - 1.0 * np.clip((y - 40) / 60, 0, 1)
    paint(image, inside(bone), CORTICAL)
    paint(image, inside(np.minimum(bone - 1.5, 4.0 - bone), 1.5) * 0.8, MARROW)
    return np.asarray(bone - 5.4)


def _step(value: Field, over: float) -> Field:
    return np.asarray(np.clip(value / over + 0.5, 0.0, 1.0))


def _above_tentorium(x: Field, y: Field, z: float) -> Field:
    """Height above the floor of the front and middle fossae and, behind, above the tentorium; mm."""
    ax = np.abs(x)
    middle = _step(ax - 24 + 0.10 * y, 16) * _step(y + 40 - 0.3 * ax, 18)
    saddle = 5.0 * _step(20 - ax, 14) * _step(y + 30, 16)
    front = -25.0 - 20.0 * middle + saddle
    roof = -12.0 - 0.30 * ax + 0.05 * (y - 30)
    behind = _step(y - 10 - 0.35 * ax, 14)
    return np.asarray(z - (front + behind * (roof - front)))


def _paint_nuclei(image: Field, x: Field, y: Field, z: float, texture: Field) -> None:
    ax = np.abs(x)
    for centre, radii, turn, value in (
        ((12.5, 10, 3), (8.5, 14, 12), -18, DEEP + 40),  # thalamus
        ((14.5, -22, 8), (5.5, 10, 13), -14, GREY - 30),  # caudate head
        ((26, -6, 2), (5.5, 15, 12), -20, GREY - 60),  # putamen
        ((20, -4, 0), (4.0, 9, 8), -24, IRON),  # pallidum
    ):
        u, v = turned(ax, y, (centre[0], centre[1]), turn)
        cover = inside(ellipsoid(u, v, z, (0, 0, centre[2]), radii), 2.2)
        paint(image, cover * 0.9, value + texture)


def _paint_ventricles(image: Field, x: Field, y: Field, z: float) -> None:
    ax = np.abs(x)
    parts = []
    u, v = turned(ax, y, (7.5, -24), -20)
    parts.append(ellipsoid(u, v, z, (0, 0, 12), (4.2, 12, 13)))  # front horns
    u, v = turned(ax, y, (11.5, 4), 8)
    parts.append(ellipsoid(u, v, z, (0, 0, 24), (6.0, 32, 8.5)))  # bodies
    u, v = turned(ax, y, (23, 38), -22)
    parts.append(ellipsoid(u, v, z, (0, 0, 8), (5.6, 17, 12)))  # back horns with the atria
    u, v = turned(ax, y, (31, 2), 16)
    parts.append(ellipsoid(u, v, z, (0, 0, -22), (2.6, 13, 5)))  # temporal horns
    parts.append(ellipsoid(ax, y, z, (0, 4, 0), (2.3, 15, 12)))  # third ventricle
    parts.append(ellipsoid(ax, y, z, (0, 33, -6), (11, 5, 7)))  # quadrigeminal cistern
    parts.append(np.minimum(ellipsoid(ax, y, z, (0, -6, -19), (12, 10, 7)), 10 - ax + 3 * np.cos(y / 3)))  # cistern
    for part in parts:
        paint(image, inside(part, 1.3), WATER)
    u, v = turned(ax, y, (22.5, 32), -20)
    paint(image, 0.6 * inside(ellipsoid(u, v, z, (0, 0, 9), (2.2, 5, 5)), 1.5), 700.0)  # plexus


def _paint_back_fossa(image: Field, x: Field, y: Field, z: float, depth: Field) -> None:
    ax = np.abs(x)
    fossa = ellipsoid(x, y, z, (0, 38, -34), (64, 50, 46))
    room = np.minimum(np.minimum(fossa, depth), -_above_tentorium(x, y, z) - 1.0)
    paint(image, inside(room), WATER * 0.85)
    lobe = np.minimum(ellipsoid(ax, y, z, (24, 48, -40), (34, 34, 30)), np.minimum(room - 1.5, depth - 3))
    worm = np.minimum(ellipsoid(x, y, z, (0, 46, -34), (10, 28, 26)), room - 1.5)
    leaf = np.abs(((np.hypot(ax * 0.8, y - 22) + 0.35 * z) / 3.4) % 2.0 - 1.0)
    both = np.maximum(lobe, worm)
    paint(image, inside(both, 1.2), GREY - 70 + 330 * np.clip(0.22 - leaf, 0, 1) * np.clip(1.6 - both / 9, 0, 1) * 3)
    paint(image, inside(np.minimum(lobe - 8.5, 30), 3.0) * 0.85, WHITE + 40)
    stem = ellipsoid(x, y, 0.0, (0, 10, 0), (16 if z > -36 else 12, 14 if z > -36 else 10, 30))
    paint(image, inside(np.minimum(stem + 3.0, depth)), WATER * 0.9)
    paint(image, inside(stem, 1.5), WHITE + 90)
    if z < -24:
        paint(image, inside(ellipsoid(x, y, z, (0, 26, -38), (8, 5, 13)), 1.4), WATER)  # fourth ventricle
    paint(image, inside(ellipse(x, y + 6.0, 2.2, 2.2)[0]), 30.0)  # basilar artery: flow void


def _paint_face(image: Field, x: Field, y: Field, z: float, depth: Field) -> None:
    ax = np.abs(x)
    if z > -52:
        socket = ellipsoid(ax, y, z, (31, -62, -41), (18, 24, 18))
        socket = np.minimum(socket, depth + 4.0)
        paint(image, inside(socket), SCALP)
        u, v = turned(ax, y, (25, -52), 24)
        paint(image, inside(np.minimum(2.0 - np.abs(np.abs(u) - 9.0), 20 - np.abs(v))) * inside(socket), MUSCLE)
        paint(image, inside(np.minimum(1.9 - np.abs(u), 22 - np.abs(v))) * inside(socket), WHITE)  # optic nerve
        ball = ellipsoid(ax, y, z, (31, -68, -41), (12, 12, 12))
        paint(image, inside(ball + 1.2), 130.0)
        paint(image, inside(ball), WATER)
        paint(image, inside(ellipsoid(ax, y, z, (31, -77, -41), (5, 2.4, 5))), 160.0)  # lens
    cells = np.minimum(ellipse(x, y + 60, 11, 24)[0], depth + 3.0)
    paint(image, inside(cells), AIR * 3)
    walls = np.minimum(np.minimum(np.abs(ax % 5.5 - 2.7) - 2.0, 1.0), cells)
    paint(image, 0.5 * inside(walls, 1.0), 900.0)
    paint(image, inside(ellipse(x, y + 26, 13, 11)[0]), AIR * 2)  # sphenoid sinus
    if z < -34:
        mastoid = ellipse(ax - 56, y - 26, 10, 15)[0]
        paint(image, inside(mastoid), CORTICAL)


def brain_volume(seed: int = 11) -> Field:
    """The stack of slices with the noise and coil shading of a scanner."""
    brain, draw = _Brain(seed), np.random.default_rng(seed)
    shade = 1.06 - 0.10 * np.hypot(brain.axis[None, :], brain.axis[:, None]) / 110 * -1.0 - 0.08
    stack = []
    for index in range(SLICES):
        image = brain.slice(LOWEST + STEP * index) * shade
        image[1:-1] = 0.6 * image[1:-1] + 0.2 * (image[:-2] + image[2:])
        image[:, 1:-1] = 0.6 * image[:, 1:-1] + 0.2 * (image[:, :-2] + image[:, 2:])
        noise = draw.standard_normal((2, *image.shape), dtype=np.float32) * 20.0
        stack.append(np.hypot(image + noise[0], noise[1]))
    return np.asarray(np.clip(stack, 0, 4095).round(), dtype=np.uint16)
