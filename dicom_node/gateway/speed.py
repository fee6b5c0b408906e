"""How fast the line carries while something is on it, and whether that is slow."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from dicom_node.gateway.centre import TimedOut

SLOW: Final = 2_500_000
"""Bytes a second (20 Mbit/s) below which a line is slow …"""
QUICK: Final = 5_000_000
"""… and above which one that was slow is quick again: in between it stays what it was."""
NARROW: Final = 125_000
"""Below this (1 Mbit/s) several files at once gain nothing: a file takes seconds, an answer a fraction of one."""
_LEAST = 64 << 10  # bytes of one request: what is shorter tells how long answers take, not what the line carries
_ENOUGH = 256 << 10
_SECONDS = 30.0


class Speed:
    """Several senders share it. Time counts while at least one of them sends; what a window of the day lets through counts as the line's."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._sending, self._since, self._busy = 0, 0.0, 0.0
        self._carried: deque[tuple[float, float, int]] = deque(maxlen=200)
        self._slow = False

    @contextmanager
    def carrying(self, size: int) -> Iterator[None]:
        """Around one request of `size` bytes; one that fails says nothing, but one that is late says that the line carries no more than that."""
        began = self._go(1) if size >= _LEAST else 0.0
        try:
            yield
        except TimedOut:
            with self._lock:  # whatever it carried before
                self._carried.clear()
                self._slow = True
            if size >= _LEAST:
                self._note(began, size)
            raise
        except BaseException:
            if size >= _LEAST:
                self._go(-1)
            raise
        if size >= _LEAST:
            self._note(began, size)

    def bytes_per_second(self) -> float | None:
        """Over the last half minute of sending; None before enough was sent to tell, or for long enough."""
        with self._lock:
            recent = [each for each in self._carried if each[1] > self._carried[-1][1] - _SECONDS]
        if not recent:
            return None
        total, seconds = sum(size for _, _, size in recent), recent[-1][1] - min(began for began, _, _ in recent)
        if total < _ENOUGH and seconds < _SECONDS:
            return None
        return total / max(1e-6, seconds)

    def slow(self) -> bool:
        rate = self.bytes_per_second()
        if rate is not None:
            self._slow = rate < (QUICK if self._slow else SLOW)
        return self._slow

    def _note(self, began: float, size: int) -> None:
        ended = self._go(-1)
        with self._lock:
            self._carried.append((began, ended, size))

    def _go(self, step: int) -> float:
        """One more is sending, or one less; the seconds that something was sent until now."""
        with self._lock:
            now = self._clock()
            if self._sending:
                self._busy += now - self._since
            self._since, self._sending = now, self._sending + step
            return self._busy
