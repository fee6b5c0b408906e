"""A chest X-ray of the chest phantom: line integrals from back to front through the same anatomy.

The phantom is sampled finely across and up, coarsely along the rays; lung vessels and bronchi are projected analytically
so that they stay sharp. `chest_xray` promises uint16 of 12 bits, shape (rows, columns), bright = dense (MONOCHROME2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from teleconsult.demo.phantoms import thorax
from teleconsult.demo.phantoms.branches import Branch
from teleconsult.demo.phantoms.chest import Chest, Extent
from teleconsult.demo.phantoms.shapes import Field

PIXEL = 0.28
"""Pixel spacing at the detector, mm."""

WATER, BONE = 0.0195, 0.0195 * 2.3
"""Attenuation per mm of water, and per 1000 HU above soft tissue (bone absorbs more at X-ray energies)."""

_RAYS = Extent(shape=(280, 104, 490), step=(1.2, 2.45, 0.7), top=172.0, dither=True)


def _thickness(chest: Chest) -> Field:
    """Attenuation summed along the rays, shape (heights, columns)."""
    total = np.empty((_RAYS.shape[0], _RAYS.shape[2]), dtype=np.float32)
    for index in range(_RAYS.shape[0]):
        hu, _ = chest.slice(_RAYS, index)
        soft, hard = np.minimum(hu, 120.0), np.maximum(hu - 120.0, 0.0)
        total[index] = (WATER * (1.0 + soft / 1000.0) + BONE * hard / 1000.0).sum(axis=0) * _RAYS.step[1]
    return _blurred(total, 1, passes=1)


def _finer(image: Field, rows: int, columns: int) -> Field:
    """Cubic (Catmull-Rom) interpolation to a larger size."""
    return _stretch(_stretch(image, rows).T, columns).T


def _stretch(image: Field, count: int) -> Field:
    at = np.linspace(0, image.shape[0] - 1, count)
    low = np.clip(at.astype(int), 1, image.shape[0] - 3)
    t = (at - low)[:, None].astype(np.float32)
    a, b, c, d = (image[low + k] for k in (-1, 0, 1, 2))
    return np.asarray(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))))


def _lay_branch(image: Field, branch: Branch) -> None:
    """Raise the image to the length of the chord through one branch, mm (joints must not count twice)."""
    left, top = _RAYS.sampling.origin[2], _RAYS.top
    ends = [((p[0] - left) / PIXEL, (top - p[2]) / PIXEL) for p in (branch.start, branch.end)]
    pad = branch.radius / PIXEL + 2
    c0, c1 = (int(f(e[0] for e in ends) + s * pad) for f, s in ((min, -1), (max, 1)))
    r0, r1 = (int(f(e[1] for e in ends) + s * pad) for f, s in ((min, -1), (max, 1)))
    c0, r0 = max(c0, 0), max(r0, 0)
    part = image[r0:r1, c0:c1]
    if not part.size:
        return
    x = np.arange(c0, c0 + part.shape[1], dtype=np.float32)[None, :] - ends[0][0]
    y = np.arange(r0, r0 + part.shape[0], dtype=np.float32)[:, None] - ends[0][1]
    ax, ay = ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]
    t = np.clip((x * ax + y * ay) / (ax * ax + ay * ay + 1e-6), 0, 1)
    gap2 = ((x - t * ax) ** 2 + (y - t * ay) ** 2) * PIXEL**2
    slant = math.dist(branch.start, branch.end) / max(math.hypot(ax, ay) * PIXEL, 2 * branch.radius)
    np.maximum(part, 2.0 * np.sqrt(np.maximum(branch.radius**2 - gap2, 0)) * min(max(slant, 1.0), 1.3), out=part)


def _projected(branches: Sequence[Branch], shape: tuple[int, ...], wider: float = 0.0) -> Field:
    """Millimetres of branch along each ray: thick ones once, thin ones in a few sheets that add up."""
    total = np.zeros(shape, dtype=np.float32)
    thick = [b for b in branches if b.radius > 1.6]
    thin = [b for b in branches if b.radius <= 1.6]
    for sheet in (thick, thin[0::3], thin[1::3], thin[2::3]):
        image = np.zeros(shape, dtype=np.float32)
        for branch in sheet:
            _lay_branch(image, replace(branch, radius=branch.radius + wider))
        total += image
    return total


def _add_ball(image: Field, centre: tuple[float, float, float], radius: float, per_mm: float) -> None:
    rows, columns = np.ogrid[: image.shape[0], : image.shape[1]]
    x, z = _RAYS.sampling.origin[2] + columns * PIXEL - centre[0], _RAYS.top - rows * PIXEL - centre[2]
    image += (2.0 * per_mm * np.sqrt(np.maximum(radius**2 - x * x - z * z, 0))).astype(np.float32)


def _blurred(image: Field, reach: int, passes: int = 3) -> Field:
    """A smooth blur by box means of width 2 * reach + 1, edges held."""
    for _ in range(passes):
        for _ in range(2):
            padded = np.pad(image, ((reach + 1, reach), (0, 0)), mode="edge")
            heap = np.cumsum(padded, axis=0, dtype=np.float64)
            image = ((heap[2 * reach + 1 :] - heap[: -2 * reach - 1]) / (2 * reach + 1)).astype(np.float32).T
    return image


def _developed(depth: Field) -> Field:
    """The processing of an X-ray room: even out large differences, lift the detail, a film-like curve; 0..1."""
    wide, near = _blurred(depth, 70), _blurred(depth, 4)
    even = 0.8 * wide + (near - wide) + (depth - near) * 1.9
    low, high = np.percentile(even[depth > 1.0], (0.5, 99.3))
    tone = (even - low) / (high - low)
    curve = 1.0 / (1.0 + np.exp(-4.6 * (tone - 0.5)))
    return np.asarray(np.clip((curve - 0.07) / 0.88, 0, 1))


def chest_xray(seed: int = 7) -> Field:
    """The X-ray, about 1300 x 1300 pixels of PIXEL mm."""
    chest = Chest(seed, thorax.ARMS_DOWN)
    coarse = _thickness(chest)
    rows, columns = (
        round(n * s / PIXEL) for n, s in ((coarse.shape[0], _RAYS.step[0]), (coarse.shape[1], _RAYS.step[2]))
    )
    depth = _finer(coarse, rows, columns)
    depth += WATER * 0.75 * _projected(chest.vessels(), depth.shape)
    bronchi = chest.bronchi()
    depth += WATER * (0.5 * _projected(bronchi, depth.shape, wider=0.8) - 0.6 * _projected(bronchi, depth.shape))
    _add_ball(depth, thorax.NODULE, 4.1, WATER * 0.88)
    draw = np.random.default_rng(seed)
    quanta = draw.standard_normal(depth.shape, dtype=np.float32)
    depth += 0.004 * np.exp(0.5 * np.minimum(depth, 6.0)) * _blurred(quanta, 1) * 3.0
    return np.asarray((_developed(depth) * 4095).round(), dtype=np.uint16)
