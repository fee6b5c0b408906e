"""How large the pieces are in which files go to the centre: on a line that can't carry one in time, smaller ones."""

from __future__ import annotations

import logging
import threading
from typing import Final

LOG = logging.getLogger(__name__)
LEAST: Final = 64 << 10
"""Bytes; the centre takes no smaller ones (`teleconsult.imaging.uploads.LEAST_CHUNK`). Within a minute 9 kbit/s carry one."""


class Pieces:
    """`most` bytes until one was late, which is: not answered within `seconds`. Threads share it."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._quick, self._most_seconds = most, seconds / 6, seconds / 2
        self._lock = threading.Lock()
        self.size = most

    @property
    def small(self) -> bool:
        """Whether the line was too slow for whole ones, as far as is known."""
        return self.size < self._most

    def suit(self, rate: float) -> None:
        """Before a line that was measured at `rate` bytes a second (0: not yet) is given pieces that it could not carry in time."""
        with self._lock:
            while rate and self.size > max(LEAST, rate * self._most_seconds):
                self.size = max(LEAST, self.size // 2)

    def late(self, size: int) -> None:
        """One of up to `size` bytes was: a quarter of it next. Several at once, of threads that shared the line, say it once."""
        with self._lock:
            if (smaller := max(LEAST, size // 4)) < self.size:
                self.size = smaller
                LOG.warning("the line is too slow for pieces of %d bytes; now %d", size, smaller)

    def carried(self, length: int, seconds: float) -> None:
        """One of `length` bytes got through. At that rate twice as large ones are quick, too? Then the next are."""
        with self._lock:
            if self.small and 2 * self.size * seconds <= self._quick * length:
                self.size = min(self._most, 2 * self.size)
