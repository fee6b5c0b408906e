"""Looks at stored bytes, beside the relay's other duties: in threads of their own, for the nightly one reads for hours."""

from __future__ import annotations

import logging
import threading

from teleconsult.access import SYSTEM
from teleconsult.imaging import scrub, scrub_healed
from teleconsult.kernel.errors import Refused
from teleconsult.system import System

log = logging.getLogger(__name__)
_NIGHTS_APART = 20 * 3600.0  # seconds between the beginnings of two rounds, at least


class Scrubbing:
    """Begins a round when its hour has come, and goes on with one that was interrupted. Several relays do it once between them."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._thread: threading.Thread | None = None

    def when_due(self) -> bool:
        """Start the thread if there is something to do and none is at it; whether it was started."""
        if self._thread is not None and self._thread.is_alive():
            return False
        if not self._is_due():
            return False
        self._thread = threading.Thread(target=self._round, name="scrub", daemon=True)
        self._thread.start()
        return True

    def wait(self) -> None:
        """Until the round that was started has ended."""
        if self._thread is not None:
            self._thread.join()

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

    def _round(self) -> None:
        system = self._system
        pace = scrub.Pace(system.settings.scrub_bytes_per_second)
        try:
            scrub.run(system.store, system.blobs, SYSTEM, pace)
        except Refused as refused:  # another relay is at it, or the store is away: the next look goes on
            log.info("the scrub stands still: %s", refused)
        except OSError as error:
            log.warning("the scrub stands still: %s", error)


class Mending:
    """Looks for what a round found missing or altered and what is right again since. Several relays may, each says of a file what none has."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._thread: threading.Thread | None = None
        self._wrong: scrub.Wrong = {}

    def when_due(self) -> bool:
        """Start the thread if anything is not known to be right again and none is at it; whether it was started."""
        if self._thread is not None and self._thread.is_alive():
            return False
        with self._system.read() as work:
            if not scrub_healed.is_open(work):
                self._wrong.clear()
                return False
        self._thread = threading.Thread(target=self._look, name="mending", daemon=True)
        self._thread.start()
        return True

    def wait(self) -> None:
        """Until the look that was started has ended."""
        if self._thread is not None:
            self._thread.join()

    def _look(self) -> None:
        system, after = self._system, ""
        pace = scrub.Pace(system.settings.scrub_bytes_per_second)
        try:
            while after := scrub.look_again(system.store, system.blobs, SYSTEM, pace, after, self._wrong):
                pass
        except (Refused, OSError) as error:  # the store is away, or what was there is gone: the next look goes on
            log.warning("what was found damaged could not be looked at: %s", error)
