"""Whether the slices of a series may be stacked into a volume, and if not, why. Pure (PS3.3 C.7.6.2).

A multiplanar picture of tilted or unevenly spaced slices is deformed without looking wrong; the screen offers it only
for a `regular` geometry and shows the reason otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Vector = tuple[float, ...]

REASONS = frozenset(
    {
        "geometry.single",  # fewer than three slices
        "geometry.missing",  # a slice without position, orientation or pixel spacing
        "geometry.size",  # rows, columns or pixel spacing change within the series
        "geometry.orientation",  # slices are not parallel
        "geometry.duplicate",  # two slices at one place (phases, echoes …)
        "geometry.spacing",  # distances differ: slices are missing or uneven
        "geometry.tilt",  # the stack is sheared: gantry tilt
    }
)
_PARALLEL = 1e-3  # largest difference of a direction cosine
_TILT = 0.01  # sideways shift per millimetre of travel: 0.6 degrees
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Plane:
    """Where one frame lies, in patient coordinates (mm); `spacing` is (row, column) distance in mm."""

    position: Vector
    orientation: Vector
    spacing: Vector
    rows: int
    columns: int

    @property
    def complete(self) -> bool:
        return len(self.position) == 3 and len(self.orientation) == 6 and len(self.spacing) == 2


@dataclass(frozen=True, slots=True)
class Geometry:
    """`spacing` is the distance between neighbouring slices in mm, known for a regular stack and a tilted one."""

    regular: bool
    spacing: float | None = None
    reason: str | None = None


def normal(orientation: Vector) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The direction that slices are stacked along."""
    return np.cross(np.asarray(orientation[:3], float), np.asarray(orientation[3:], float))


def place(plane: Plane) -> float:
    """The slice's distance from the origin along its normal, in mm."""
    return float(np.dot(normal(plane.orientation), plane.position))


def check(planes: Sequence[Plane]) -> Geometry:
    """The verdict over all frames of a series, in any order."""
    if len(planes) < _FEWEST:
        return Geometry(False, reason="geometry.single")
    if not all(plane.complete for plane in planes):
        return Geometry(False, reason="geometry.missing")
    first = planes[0]
    if any(not _same_grid(first, plane) for plane in planes):
        return Geometry(False, reason="geometry.size")
    if any(not np.allclose(plane.orientation, first.orientation, atol=_PARALLEL) for plane in planes):
        return Geometry(False, reason="geometry.orientation")
    return _stack(sorted(planes, key=lambda plane: float(np.dot(normal(first.orientation), plane.position))))


def _same_grid(one: Plane, other: Plane) -> bool:
    return (one.rows, one.columns) == (other.rows, other.columns) and np.allclose(one.spacing, other.spacing, rtol=1e-3)


def _stack(planes: Sequence[Plane]) -> Geometry:
    axis = normal(planes[0].orientation)
    places = [float(np.dot(axis, plane.position)) for plane in planes]
    steps = [after - before for before, after in pairwise(places)]
    spacing = float(np.median(steps))
    if min(steps) < 0.01:
        return Geometry(False, reason="geometry.duplicate")
    if max(abs(step - spacing) for step in steps) > max(0.02 * spacing, 0.01):
        return Geometry(False, reason="geometry.spacing")
    travel = np.asarray(planes[-1].position, float) - np.asarray(planes[0].position, float)
    sideways = float(np.linalg.norm(travel - axis * np.dot(axis, travel)))
    if sideways > _TILT * abs(places[-1] - places[0]):
        return Geometry(False, round(spacing, 4), "geometry.tilt")
    return Geometry(True, round(spacing, 4))
