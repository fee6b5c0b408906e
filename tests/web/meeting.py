"""A served MDT: a clock that is moved by hand, a board with its people, and one case that was accepted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from dicom_node.dicomweb import blueprint
from teleconsult.kernel.clock import FixedClock
from teleconsult.web.app import create
from tests.builders import a_system, an_alliance
from tests.records.meeting import House, a_board
from tests.web.conftest import PASSWORD, Browser

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@dataclass
class Served:
    """The house of the tests of meetings, behind a web application."""

    house: House
    app: Flask
    _browsers: dict[str, Browser] = field(default_factory=dict)

    def browser(self, login: str) -> Browser:
        """Signed in; anew when the clock has ended the session."""
        if login not in self._browsers or self._browsers[login].get("/api/me").status_code == 401:
            self._browsers[login] = Browser(self.app.test_client(), login)
        return self._browsers[login]


@contextmanager
def a_served_board(home: Path, **settings: Any) -> Iterator[Served]:
    clock = FixedClock(AT)
    system = a_system(home, clock=clock, **settings)
    house = a_board(an_alliance(system, password=PASSWORD), clock, PASSWORD)
    app = create(system, blueprint)
    yield Served(house, app)
    app.extensions["teleconsult.live"].close()
    system.store.engine.dispose()
