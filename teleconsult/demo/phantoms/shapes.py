"""Geometry for the phantoms: signed distances (mm, positive inside), tubes, smooth noise, blending.

Coordinates are the patient's (LPS, PS3.3 C.7.6.2.1.1) in mm: x to the left, y to the back, z up. Every function takes
broadcastable float arrays, so the same anatomy answers for a whole plane and for scattered points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[Any]
Window = tuple[slice, slice]
OUTSIDE = -60.0
"""The signed distance taken for "far outside", mm."""


@dataclass(frozen=True)
class Plane:
    """An axial plane: warped coordinates of its pixels, its height z, and the regular axes (for finding windows)."""

    x: Field
    y: Field
    z: float
    columns: Field
    rows: Field

    def window(self, x0: float, x1: float, y0: float, y1: float) -> Window | None:
        """The part of the plane that covers a box, or None where the box lies outside it."""
        c0, c1 = np.searchsorted(self.columns, (x0, x1))
        r0, r1 = np.searchsorted(self.rows, (y0, y1))
        return (slice(int(r0), int(r1)), slice(int(c0), int(c1))) if c1 > c0 and r1 > r0 else None


def along(z: Field | float, table: Mapping[int, float]) -> Field:
    """Read a shape parameter at height z from a table {z: value}, linear between its entries."""
    heights = sorted(table)
    return np.asarray(np.interp(z, heights, [table[h] for h in heights]), dtype=np.float32)


def inside(distance: Field, soft: float = 1.0) -> Field:
    """How much of a pixel lies inside, 0..1, with an edge `soft` mm wide."""
    return np.asarray(np.clip(distance / soft + 0.5, 0.0, 1.0))


def paint(onto: Field, cover: Field, value: Field | float) -> None:
    """Blend a tissue of this HU value into `onto`, in place."""
    onto += cover * (value - onto)


def union(a: Field, b: Field, round_mm: float) -> Field:
    """The union of two signed distances with its inner corner filled over `round_mm`."""
    h = np.maximum(round_mm - np.abs(a - b), 0.0)
    return np.asarray(np.maximum(a, b) + h * h / (4.0 * round_mm))


def ellipse(x: Field, y: Field, a: Field | float, b: Field | float, squareness: float = 2.0) -> tuple[Field, Field]:
    """Radial signed distance to a (super)ellipse at the origin, and the distance from its centre."""
    u, v = np.abs(x / a), np.abs(y / b)
    if squareness == 2.5:
        r = np.power(u * u * np.sqrt(u) + v * v * np.sqrt(v), 0.4)
    else:
        r = np.sqrt(u * u + v * v)
    rho = np.sqrt(x * x + y * y)
    return np.asarray(rho / np.maximum(r, 1e-3) - rho), rho


def ellipsoid(x: Field, y: Field, z: Field | float, centre: tuple[float, ...], radii: tuple[float, ...]) -> Field:
    """Approximate signed distance to an ellipsoid with axes along x, y, z."""
    q = ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2 + ((z - centre[2]) / radii[2]) ** 2
    return np.asarray((1.0 - np.sqrt(q)) * (min(radii) + sum(radii) / 3) / 2)


def turned(x: Field, y: Field, about: tuple[float, float], degrees: float) -> tuple[Field, Field]:
    """Coordinates in a frame turned about a point (counter-clockwise as x turns into y)."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    dx, dy = x - about[0], y - about[1]
    return np.asarray(c * dx + s * dy, dtype=np.float32), np.asarray(c * dy - s * dx, dtype=np.float32)


@dataclass(frozen=True)
class Tube:
    """A chain of round cones: points (n, 3) mm and a radius at each."""

    points: tuple[tuple[float, float, float], ...]
    radii: tuple[float, ...]

    def distance(self, x: Field, y: Field, z: Field | float) -> Field:
        """Signed distance to the tube."""
        best: Field = np.full(np.broadcast_shapes(x.shape, y.shape, np.shape(z)), OUTSIDE, dtype=np.float32)
        for p, q, rp, rq in zip(self.points, self.points[1:], self.radii, self.radii[1:], strict=False):
            best = np.maximum(best, cone(x, y, z, p, q, rp, rq))
        return best

    def near(self, z: float, margin: float) -> bool:
        """Whether the tube comes within `margin` mm of the plane z."""
        heights, reach = [p[2] for p in self.points], max(self.radii) + margin
        return min(heights) - reach < z < max(heights) + reach

    def window(self, plane: Plane, margin: float) -> Window | None:
        """The part of a plane that may hold the tube."""
        reach = max(self.radii) + margin
        xs, ys = [p[0] for p in self.points], [p[1] for p in self.points]
        return plane.window(min(xs) - reach, max(xs) + reach, min(ys) - reach, max(ys) + reach)


def cone(
    x: Field, y: Field, z: Field | float, p: tuple[float, ...], q: tuple[float, ...], rp: float, rq: float
) -> Field:
    """Signed distance to a round cone from p (radius rp) to q (radius rq)."""
    axis = [q[i] - p[i] for i in range(3)]
    length2 = sum(a * a for a in axis) + 1e-6
    dx, dy, dz = x - p[0], y - p[1], z - p[2]
    t = np.clip((dx * axis[0] + dy * axis[1] + dz * axis[2]) / length2, 0.0, 1.0)
    gap = np.sqrt((dx - t * axis[0]) ** 2 + (dy - t * axis[1]) ** 2 + (dz - t * axis[2]) ** 2)
    return np.asarray(rp + t * (rq - rp) - gap)


class Cloud:
    """Smooth noise in space, mean 0 and deviation about 1, features of `grain` mm; the same for the same seed."""

    def __init__(self, seed: int, grain: float, reach: float = 220.0, tall: float | None = None) -> None:
        self._grain, self._tall, self._reach = grain, tall or grain, reach
        side, high = round(2 * reach / grain) + 4, round(2 * reach / self._tall) + 4
        self._lattice = np.random.default_rng(seed).standard_normal((high, side, side)).astype(np.float32) * 1.6

    def on(self, columns: Field, rows: Field, z: float) -> Field:
        """The noise on an axial plane, shape (rows, columns).

        Interpolated by hand: a matrix product would wake all the threads of BLAS for a thimbleful of work.
        """
        level = self._between(self._lattice, np.array([z], dtype=np.float32), self._tall)[0]
        wide = self._between(level.T, columns, self._grain).T
        return self._between(np.ascontiguousarray(wide), rows, self._grain)

    def _between(self, lattice: Field, at: Field, grain: float) -> Field:
        place = (np.asarray(at, dtype=np.float32) + np.float32(self._reach)) / np.float32(grain)
        low = np.clip(np.floor(place).astype(int), 0, len(lattice) - 2)
        t = np.clip(place - low.astype(np.float32), 0.0, 1.0)
        t = (t * t * (3 - 2 * t)).reshape(-1, *(1,) * (lattice.ndim - 1))
        start = lattice[low]
        return np.asarray(start + t * (lattice[low + 1] - start))
