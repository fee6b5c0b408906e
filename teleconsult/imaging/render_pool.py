"""A few drawing children for a process that serves many at once: a frame that hangs its decoder keeps one child busy, not everybody waiting."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from queue import LifoQueue

from teleconsult.imaging.render_apart import Look, RenderApart

MOST = max(2, min(4, os.cpu_count() or 2))


class RenderPool:
    """Children that are started when they are needed; the one used last is used first. Shared by threads."""

    def __init__(self, most: int = MOST, seconds: float = 20.0) -> None:
        self._all = [RenderApart(seconds) for _ in range(most)]
        self._idle: LifoQueue[RenderApart] = LifoQueue()
        for apart in self._all:
            self._idle.put(apart)

    def frame(
        self, path: Path, index: int, looks: Sequence[Look], *, window: tuple[float, float, str] | None = None
    ) -> list[bytes]:
        """As `RenderApart.frame`."""
        apart = self._idle.get()
        try:
            return apart.frame(path, index, looks, window=window)
        finally:
            self._idle.put(apart)

    def raw(self, path: Path, index: int) -> bytes:
        """As `RenderApart.raw`."""
        apart = self._idle.get()
        try:
            return apart.raw(path, index)
        finally:
            self._idle.put(apart)

    def close(self) -> None:
        """End the children. Safe to repeat."""
        for apart in self._all:
            apart.close()
