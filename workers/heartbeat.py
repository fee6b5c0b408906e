"""A running job's sign of life, and its end when it takes too long.

The lease on a delivery is short and renewed by a thread, so that the death of a worker is noticed within seconds. The
same thread watches the clock: past the job's time it writes down why and ends the process from inside. Where C code
holds the interpreter even that is impossible; then the Celery parent's hard limit ends the process a little later.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from teleconsult.kernel.errors import Refused
from teleconsult.records import journal
from teleconsult.records.journal import Taken
from teleconsult.system import System

log = logging.getLogger(__name__)


def end_this_process() -> None:
    """At once, as the kernel would: whatever hangs here must not be asked."""
    os.kill(os.getpid(), signal.SIGKILL)


class Heartbeat:
    """Around one try: `with Heartbeat(system, taken, lease, limit, overtime):`.

    `overtime` is called after `limit` seconds, once, from the watching thread; it should record the failure.
    """

    def __init__(
        self,
        system: System,
        taken: Taken,
        lease: float,
        limit: float,
        overtime: Callable[[], None],
    ) -> None:
        self._system, self._taken, self._lease = system, taken, lease
        self._deadline = time.monotonic() + limit
        self._overtime = overtime
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{taken.job}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(min(self._lease / 3, max(0.0, self._deadline - time.monotonic()))):
            if time.monotonic() >= self._deadline:
                self._overtime()
                return
            try:
                with self._system.work() as work:
                    if not journal.extend(work, self._taken, self._lease):
                        log.warning("%s lost its lease; its effect repeats safely", self._taken.job)
            except (Refused, SQLAlchemyError) as error:
                log.warning("no sign of life for %s: %s", self._taken.job, error)
