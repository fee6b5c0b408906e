"""Looks at stored bytes, beside the relay's other duties: in threads of their own, for the nightly one reads for hours."""

from __future__ import annotations

import logging
import threading
from typing import ClassVar

from teleconsult.access import SYSTEM
from teleconsult.imaging import scrub, scrub_healed
from teleconsult.kernel.errors import Refused
from teleconsult.system import System

log = logging.getLogger(__name__)
_NIGHTS_APART = 20 * 3600.0  # seconds between the beginnings of two rounds, at least


class _Look:
    """One look at a time, in a thread of its own."""

    name: ClassVar[str]

    def __init__(self, system: System) -> None:
        self._system = system
        self._thread: threading.Thread | None = None

    def when_due(self) -> bool:
        """Start the thread if there is something to do and none is at it; whether it was started."""
        if (self._thread is not None and self._thread.is_alive()) or not self._is_due():
            return False
        self._thread = threading.Thread(target=self._look, name=self.name, daemon=True)
        self._thread.start()
        return True

    def wait(self) -> None:
        """Until the look that was started has ended."""
        if self._thread is not None:
            self._thread.join()

    def _is_due(self) -> bool:
        raise NotImplementedError

    def _look(self) -> None:
        raise NotImplementedError


class Scrubbing(_Look):
    """Begins a round when its hour has come, and goes on with one that was interrupted. Several relays do it once between them."""

    name = "scrub"

    def _is_due(self) -> bool:
        settings, now = self._system.settings, self._system.clock.now()
        if settings.scrub_hour < 0:
            return False
        with self._system.read() as work:
            if scrub.under_way(work) is not None:
                return True
            last = scrub.latest(work)
        apart = last is None or (now - last.started_at).total_seconds() > _NIGHTS_APART
        return apart and now.astimezone().hour == settings.scrub_hour

    def _look(self) -> None:
        system = self._system
        pace = scrub.Pace(system.settings.scrub_bytes_per_second)
        try:
            scrub.run(system.store, system.blobs, SYSTEM, pace)
        except Refused as refused:  # another relay is at it, or the store is away: the next look goes on
            log.info("the scrub stands still: %s", refused)
        except OSError as error:
            log.warning("the scrub stands still: %s", error)


class Mending(_Look):
    """Looks for what a round found missing or altered and what is right again since. Several relays may, each says of a file what none has."""

    name = "mending"

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._wrong: scrub.Wrong = {}

    def _is_due(self) -> bool:
        with self._system.read() as work:
            due = scrub_healed.is_open(work)
        if not due:
            self._wrong.clear()
        return due

    def _look(self) -> None:
        system, after = self._system, ""
        pace = scrub.Pace(system.settings.scrub_bytes_per_second)
        try:
            while after := scrub.look_again(system.store, system.blobs, SYSTEM, pace, after, self._wrong):
                pass
        except (Refused, OSError) as error:  # the store is away, or what was there is gone: the next look goes on
            log.warning("what was found damaged could not be looked at: %s", error)
