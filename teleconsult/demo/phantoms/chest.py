"""A chest phantom in HU: any axial plane of it, or a whole volume with the vessels of the lungs.

`chest_volume` promises int16 HU of shape (slices, rows, columns), the first slice the highest; equal arguments give
equal voxels. About ten seconds on one core for 128 slices of 512 x 512.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from teleconsult.demo.phantoms import organs, skeleton, thorax
from teleconsult.demo.phantoms.branches import Branch, Sampling, grow, scatter, spans
from teleconsult.demo.phantoms.organs import AIR, BLOOD, FAT, LUNG, MUSCLE
from teleconsult.demo.phantoms.shapes import Cloud, Field, Plane, inside, paint

BODY_REACH = 128.0
"""The body lies within this distance of the middle, front to back, mm."""


@dataclass(frozen=True)
class Extent:
    """Which voxels: counts along z, y, x; voxel size in the same order, mm; height of the first slice, mm."""

    shape: tuple[int, int, int] = (128, 512, 512)
    step: tuple[float, float, float] = (2.5, 0.74, 0.74)
    top: float = 152.0
    dither: bool = False
    """Shift each column and slice a part of a voxel along y, so that coarse steps along a ray leave no moire."""

    @property
    def sampling(self) -> Sampling:
        """The voxels' coordinates; the volume is centred on the body in x and y."""
        _, rows, columns = self.shape
        y0, x0 = -self.step[1] * (rows - 1) / 2 + 6.0, -self.step[2] * (columns - 1) / 2
        return Sampling((self.top, y0, x0), (-self.step[0], self.step[1], self.step[2]))

    def axis(self, axis: int) -> Field:
        """Coordinates of the voxels along z (0), y (1) or x (2), mm."""
        where = self.sampling
        return (where.origin[axis] + where.step[axis] * np.arange(self.shape[axis])).astype(np.float32)


class Chest:
    """The phantom: planes without the small lung vessels, and the vessel trees."""

    def __init__(self, seed: int = 7, wide: dict[int, int] = thorax.BODY_WIDE) -> None:
        self.seed, self.wide = seed, wide
        self._push = (
            Cloud(seed, 46.0),
            Cloud(seed + 1, 46.0),
            Cloud(seed + 2, 17.0, tall=30),
            Cloud(seed + 3, 17.0, tall=30),
        )
        self._padding, self._streaks = Cloud(seed + 4, 60.0), Cloud(seed + 5, 9.0, tall=26.0)
        self._mottle = Cloud(seed + 6, 11.0)

    def plane(self, extent: Extent, index: int, rows: Field) -> Plane:
        """The plane of one slice, gently warped so that nothing is a perfect figure."""
        z = extent.sampling.origin[0] + extent.sampling.step[0] * index
        columns = extent.axis(2)
        far = [cloud.on(columns, rows, z) for cloud in self._push]
        x = columns[None, :] + 2.0 * far[0] + 0.55 * far[2]
        y = rows[:, None] + 2.0 * far[1] + 0.55 * far[3]
        if extent.dither:
            y += (np.arange(len(columns)) * 0.382 + index * 0.618) % 1.0 * extent.step[1]
        return Plane(x.astype(np.float32), y.astype(np.float32), z, columns, rows)

    def slice(self, extent: Extent, index: int) -> tuple[Field, Field]:
        """HU of one plane, and how much of each pixel is lung (0..1)."""
        hu, lung = np.full(extent.shape[1:], AIR, dtype=np.float32), np.zeros(extent.shape[1:], dtype=np.float32)
        rows = extent.axis(1)
        first, last = np.searchsorted(rows, (-BODY_REACH, BODY_REACH))
        lung[first:last] = self._paint(hu[first:last], self.plane(extent, index, rows[first:last]))
        return hu, lung

    def _paint(self, hu: Field, plane: Plane) -> Field:
        depth = thorax.body(plane.x, plane.y, plane.z, self.wide)
        wall = skeleton.wall_distance(plane)
        self._soft_parts(hu, plane, depth, wall)
        lung = self._inner_parts(hu, plane, wall)
        skeleton.paint_ribs(hu, plane, wall)
        skeleton.paint_spine(hu, plane)
        skeleton.paint_breastbone(hu, plane)
        skeleton.paint_shoulders(hu, plane)
        return lung

    def _soft_parts(self, hu: Field, plane: Plane, depth: Field, wall: Field) -> None:
        streak = self._streaks.on(plane.columns, plane.rows, plane.z)
        paint(hu, inside(depth), 15.0)
        paint(hu, inside(depth - 1.7, 1.2), FAT + 5.0 * streak)
        wave = self._padding.on(plane.columns, plane.rows, plane.z)
        lean = depth - 8.5 - 2.5 * wave
        red = MUSCLE + 3.0 * streak
        flesh = np.minimum(organs.muscles(plane, wall, wave), lean)
        paint(hu, inside(flesh - np.clip(6.0 * (streak - 1.0), 0.0, 5.0), 1.6), red)
        paint(hu, inside(np.minimum(4.6 - np.abs(wall), depth - 4.0), 1.4), red - 6.0)

    def _inner_parts(self, hu: Field, plane: Plane, wall: Field) -> Field:
        x, y, z = plane.x, plane.y, plane.z
        hollow = wall - thorax.PLEURA
        mottle = self._mottle.on(plane.columns, plane.rows, plane.z)
        paint(hu, inside(hollow), FAT + 10.0 + 7.0 * mottle)
        between = organs.mediastinum(plane, 3.0 + 1.5 * np.abs(mottle))
        lung = inside(thorax.pleural(x, y, z, between), 1.0)
        paint(hu, lung, LUNG + 0.35 * np.clip(plane.rows[:, None], -90, 80) + 9.0 * mottle)
        organs.paint_fissures(hu, plane, lung)
        organs.organs_below(hu, plane, hollow)
        organs.organs_between(hu, plane)
        return lung

    def vessels(self) -> list[Branch]:
        """Arteries (a tree in each lobe) and veins (a tree in each lung), so that no cleft is left bare by both."""
        arteries = [b for tree in self._trees(_LOBES, 1700, 0.62, 0, (0, -3, 0)) for b in tree]
        return arteries + [b for tree in self._trees(_WHOLE, 1300, 0.62, 40, (0, 4, -9)) for b in tree]

    def bronchi(self) -> list[Branch]:
        """Airways from the main bronchi to a few millimetres wide."""
        twigs = [b for tree in self._trees(_LOBES, 70, 0.8, 90, (0, 0, 0)) for b in tree if b.radius > 1.15]
        return [*_MAIN_BRONCHI, *twigs]

    def _trees(
        self, lobes: tuple[_Lobe, ...], count: int, leaf: float, salt: int, shift: tuple[float, float, float]
    ) -> list[list[Branch]]:
        trees: list[list[Branch]] = []
        for box, (x, y, z), share in lobes:
            seed = self.seed + salt + 7 * len(trees)
            targets = scatter(_well_in_lung, np.array(box, dtype=np.float32), round(count * share), seed)
            trees.append(grow((x + shift[0], y + shift[1], z + shift[2]), targets, leaf, seed))
        return trees


def _well_in_lung(x: Field, y: Field, z: Field) -> Field:
    return np.asarray(thorax.pleural(x, y, z, thorax.middle(x, y, z)) > 3.0)


_Lobe = tuple[tuple[tuple[float, float], ...], tuple[float, float, float], float]
_LOBES: tuple[_Lobe, ...] = (
    # the box of a lobe (x, y, z), where its vessels enter, its part of one lung's twigs
    (((-140, -10), (-95, 90), (24, 145)), (-42, 2, 30), 0.42),
    (((-140, -10), (-95, 5), (-90, 34)), (-46, -8, 2), 0.2),
    (((-140, -10), (-5, 95), (-135, 38)), (-42, 16, -2), 0.38),
    (((10, 140), (-95, 90), (30, 145)), (46, 2, 34), 0.42),
    (((10, 140), (-95, 0), (-95, 40)), (50, -6, 14), 0.2),
    (((10, 140), (-8, 95), (-140, 44)), (46, 18, 4), 0.38),
)
_WHOLE: tuple[_Lobe, ...] = (
    (((-140, -10), (-95, 95), (-135, 145)), (-44, 8, -2), 1.0),
    (((10, 140), (-95, 95), (-140, 145)), (46, 8, 6), 1.0),
)
_MAIN_BRONCHI = [
    Branch((-2, 5, 48), (-26, 5, 27), 6.8, 6.4),
    Branch((-24, 5, 29), (-42, 2, 32), 4.6, 3.8),
    Branch((-26, 5, 27), (-36, 9, 4), 5.6, 5.0),
    Branch((-36, 9, 4), (-46, -8, 0), 3.4, 2.6),
    Branch((-36, 9, 4), (-42, 16, -4), 4.4, 3.8),
    Branch((-2, 5, 48), (38, 9, 22), 6.2, 5.6),
    Branch((38, 9, 22), (48, 0, 32), 4.4, 3.6),
    Branch((42, 2, 26), (50, -6, 14), 3.4, 2.8),
    Branch((38, 9, 22), (46, 18, 2), 4.8, 3.9),
]


def _table(extent: Extent) -> Field:
    """The table the patient lies on, HU, as it would be in an empty scanner."""
    rows, columns = extent.axis(1)[:, None], extent.axis(2)[None, :]
    below = rows - (132.0 - 0.0007 * columns**2)
    foam = inside(np.minimum(below, 26.0 - below))
    skin = inside(0.8 - np.minimum(np.abs(below), np.abs(below - 26.0)))
    return np.asarray(AIR + 45.0 * foam + 560.0 * skin)


def _soften(hu: Field) -> None:
    """The scanner's blur, a 3 x 3 kernel."""
    hu[1:-1] = 0.64 * hu[1:-1] + 0.18 * (hu[:-2] + hu[2:])
    hu[:, 1:-1] = 0.64 * hu[:, 1:-1] + 0.18 * (hu[:, :-2] + hu[:, 2:])


def _grain(draw: np.random.Generator, shape: tuple[int, ...], sigma: float) -> Field:
    """Noise of deviation `sigma`, part of it correlated between neighbours."""
    white = draw.standard_normal(shape, dtype=np.float32)
    white[:, 1:] += 0.55 * white[:, :-1]
    white[1:] += 0.55 * white[:-1]
    return np.asarray(white * (sigma / 1.3))


def _draw_trees(volume: Field, lung: Field, chest: Chest, extent: Extent) -> None:
    edge = 0.5 * (extent.step[0] + extent.step[2])
    sampling = extent.sampling
    for box, distance, branch in spans(chest.vessels(), sampling, extent.shape, 1.0):
        cover = np.clip(distance / edge + 0.5, 0, 1) * lung[box] * min(1.0, 0.25 + branch.radius)
        part = volume[box]
        np.maximum(part, part + (cover * (BLOOD - part)).astype(np.int16), out=part)
    airways = list(spans(chest.bronchi(), sampling, extent.shape, 2.2))
    for box, distance, branch in airways:
        wall = np.clip(distance + min(1.5, 0.35 * branch.radius + 0.3) + 0.5, 0, 1)
        part = volume[box]
        np.maximum(part, part + (wall * (20.0 - part)).astype(np.int16), out=part)
    for box, distance, _ in airways:
        part = volume[box]
        part += (np.clip(distance + 0.5, 0, 1) * (-985.0 - part)).astype(np.int16)


def _draw_nodule(volume: Field, extent: Extent, seed: int) -> None:
    """A solid, slightly lobulated nodule of 8 mm at thorax.NODULE."""
    centre = thorax.NODULE
    mark = Branch(centre, centre, 9.0, 9.0)
    box = extent.sampling.box(mark, extent.shape, 0.0)
    if box is None:
        return
    x, y, z = (a - c for a, c in zip(extent.sampling.at(box), centre, strict=True))
    rho = np.sqrt(x * x + y * y + z * z) + 1e-3
    ripple = 0.32 * np.sin(3.1 * np.arctan2(y, x) + 1.0) + 0.3 * np.cos(4 * z / rho)
    spikes = 0.9 * np.maximum(0, np.cos(7 * np.arctan2(y, x) + 2 * z / rho)) ** 6
    cover = np.clip((4.1 + ripple - rho) / 1.1 + 0.5, 0, 1)
    halo = 0.3 * np.clip((4.6 + 3.0 * spikes - rho) / 1.5 + 0.5, 0, 1)
    part = volume[box]
    part += (np.maximum(cover, halo) * (35.0 - part)).astype(np.int16)


def chest_volume(extent: Extent, seed: int = 7, tick: Callable[[float], None] = lambda done: None) -> Field:
    """The volume; `tick` hears the finished part, 0..1."""
    chest, count = Chest(seed), extent.shape[0]
    volume = np.empty(extent.shape, dtype=np.int16)
    lung, table = np.empty(extent.shape, dtype=np.float16), _table(extent)
    for index in range(count):
        hu, lung[index] = chest.slice(extent, index)
        volume[index] = np.where(hu < -950.0, table, hu)
        tick(0.8 * (index + 1) / count)
    _draw_trees(volume, lung, chest, extent)
    _draw_nodule(volume, extent, seed)
    draw = np.random.default_rng(seed)
    for index in range(count):
        hu = volume[index].astype(np.float32)
        _soften(hu)
        volume[index] = np.clip(hu + _grain(draw, hu.shape, 13.0), -1024, 3071).round()
        tick(0.9 + 0.1 * (index + 1) / count)
    return volume
