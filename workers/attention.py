"""A worker that takes nothing although something waits: it ends, and its supervisor starts another.

After the broker has died and come back, Celery's consumer at times listens to a line that is not there any more (in one of five walks with
the broker killed, Celery 5.7). The journal gives out again what nobody took, so that nothing is lost by it.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Final

from celery import signals
from celery.worker import state
from redis import Redis, RedisError

log = logging.getLogger(__name__)
LOOK: Final = 2.0  # seconds between looks
PATIENCE: Final = 8.0
"""Usually a job is taken within a tenth of a second; whoever is at one for long is busy, not deaf."""
DEAF: Final = 3
"""The exit code."""


class Attention:
    """Whether this process takes what waits. `waiting` says how many jobs do; RedisError where the broker cannot be asked."""

    def __init__(self, waiting: Callable[[], int]) -> None:
        self._waiting = waiting
        self._taken = 0
        self._since: float | None = None

    def is_lost(self, now: float) -> bool:
        """True when for `PATIENCE` something has waited, nothing was taken and nobody here was at anything."""
        taken = state.all_total_count[0]
        if self._waits() and taken == self._taken and not state.active_requests:
            self._since = now if self._since is None else self._since
            return now - self._since >= PATIENCE
        self._taken, self._since = taken, None
        return False

    def _waits(self) -> bool:
        try:
            return self._waiting() > 0
        except RedisError:
            return False


def watch(broker_url: str, queue: str) -> None:
    """From when the worker is ready, end its process with `DEAF` as soon as its attention is lost."""
    broker = Redis.from_url(broker_url, socket_timeout=2, socket_connect_timeout=1)
    attention = Attention(lambda: int(broker.llen(queue)))

    def look() -> None:
        while not attention.is_lost(time.monotonic()):
            time.sleep(LOOK)
        log.error("jobs wait and this worker takes none of them: it ends, for another to begin")
        os._exit(DEAF)

    def begin(**_: object) -> None:
        threading.Thread(target=look, name="attention", daemon=True).start()

    signals.worker_ready.connect(begin, weak=False)
