"""Branching vessels and bronchi that fill a lung, and their painting into a volume.

A tree is grown by halving a cloud of target points again and again; radii follow Murray's law (r^3 adds up).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from teleconsult.demo.phantoms.shapes import Field, cone


@dataclass(frozen=True)
class Branch:
    """A straight piece of a tree, mm."""

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    radius: float
    radius_end: float


@dataclass(frozen=True)
class Sampling:
    """Where the voxels of a volume lie: the coordinates of voxel 0 and the step along z, y, x, mm."""

    origin: tuple[float, float, float]
    step: tuple[float, float, float]

    def box(self, branch: Branch, shape: tuple[int, ...], margin: float) -> tuple[slice, slice, slice] | None:
        """The voxels near a branch, or None where there are none."""
        spans = []
        for axis, xyz in ((0, 2), (1, 1), (2, 0)):
            reach = branch.radius + margin
            ends = sorted(
                (p + s - self.origin[axis]) / self.step[axis]
                for p, s in zip((branch.start[xyz], branch.end[xyz]), (0.0, 0.0), strict=True)
            )
            pad = reach / abs(self.step[axis])
            low, high = max(0, int(np.ceil(ends[0] - pad))), min(shape[axis], int(np.floor(ends[1] + pad)) + 1)
            if high <= low:
                return None
            spans.append(slice(low, high))
        return spans[0], spans[1], spans[2]

    def at(self, box: tuple[slice, slice, slice]) -> tuple[Field, Field, Field]:
        """Broadcastable x, y, z of the voxels of a box."""
        z, y, x = (
            self.origin[a] + self.step[a] * np.arange(box[a].start, box[a].stop, dtype=np.float32) for a in range(3)
        )
        return x[None, None, :], y[None, :, None], z[:, None, None]


def grow(root: tuple[float, float, float], targets: Field, leaf: float, seed: int, power: float = 3.0) -> list[Branch]:
    """A tree from `root` that reaches every target point (n, 3); twigs have radius `leaf` mm."""
    jitter = np.random.default_rng(seed)
    branches: list[Branch] = []
    waiting = [(np.asarray(root, dtype=float), np.asarray(targets, dtype=float))]
    while waiting:
        start, cloud = waiting.pop()
        radius = leaf * len(cloud) ** (1.0 / power)
        if len(cloud) == 1:
            branches.append(_branch(start, cloud[0], radius, leaf * 0.6))
            continue
        centre = cloud.mean(axis=0)
        end = start + (centre - start) * 0.42
        end += jitter.normal(0, 0.06 * float(np.linalg.norm(centre - start)), 3)
        branches.append(_branch(start, end, radius, radius * 0.92))
        spread = cloud - centre
        axis = np.linalg.eigh(np.einsum("ni,nj->ij", spread, spread))[1][:, -1]  # the cloud's long way
        along = np.einsum("ni,i->n", spread, axis)
        cut = np.quantile(along, jitter.uniform(0.32, 0.68))
        for half in (cloud[along <= cut], cloud[along > cut]):
            if len(half):
                waiting.append((end, half))
    return branches


def _branch(start: Field, end: Field, radius: float, radius_end: float) -> Branch:
    p, q = (float(start[0]), float(start[1]), float(start[2])), (float(end[0]), float(end[1]), float(end[2]))
    return Branch(p, q, radius, radius_end)


def scatter(accept: Callable[[Field, Field, Field], Field], box: Field, count: int, seed: int) -> Field:
    """`count` points of a box ((low, high) per x, y, z) for which `accept` is true, evenly random."""
    draw = np.random.default_rng(seed)
    kept: list[Field] = []
    while sum(map(len, kept)) < count:
        some = draw.uniform(box[:, 0], box[:, 1], (4 * count, 3)).astype(np.float32)
        kept.append(some[accept(some[:, 0], some[:, 1], some[:, 2])])
    return np.concatenate(kept)[:count]


def spans(
    branches: list[Branch], sampling: Sampling, shape: tuple[int, ...], margin: float
) -> Iterator[tuple[tuple[slice, slice, slice], Field, Branch]]:
    """For each branch that meets the volume: its box, the signed distance to it there, and the branch."""
    for branch in branches:
        box = sampling.box(branch, shape, margin)
        if box is not None:
            x, y, z = sampling.at(box)
            yield box, cone(x, y, z, branch.start, branch.end, branch.radius, branch.radius_end), branch
