"""Whether the machine stood still while tests ran.

A virtual machine that is saved or moved goes on minutes later by its own clock too. Every deadline that anything waited for has passed then, and
what fails of it says nothing about the product.
"""

from __future__ import annotations

import threading
import time

TICK = 1.0
STILL = 10.0  # more than load alone keeps a thread from its turn


class Watch:
    """A thread that looks at the clock all the time, from `start` to the end of the process; `still` seconds without a look are a standstill."""

    def __init__(self, tick: float = TICK, still: float = STILL) -> None:
        self._tick, self._still = tick, still
        self._last = time.monotonic()
        self._found: list[tuple[float, float]] = []
        self._lock = threading.Lock()

    def start(self) -> Watch:
        self._last = time.monotonic()
        threading.Thread(target=self._go_on, name="standstill", daemon=True).start()
        return self

    def since(self, begun: float) -> float:
        """Seconds of standstill after `begun` (`time.monotonic()`); one that ended this moment, before the thread had its turn, included."""
        self._look()
        with self._lock:
            return sum(end - max(begin, begun) for begin, end in self._found if end > begun)

    def _go_on(self) -> None:
        while True:
            time.sleep(self._tick)
            self._look()

    def _look(self) -> None:
        with self._lock:
            now = time.monotonic()
            if now - self._last > self._still:
                self._found.append((self._last, now))
            self._last = now
