"""A served consultation: a clock that is moved by hand, experts with passwords, and a room that is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from dicom_node.dicomweb import blueprint
from teleconsult.kernel.clock import FixedClock
from teleconsult.web.app import create
from tests.builders import a_system, an_alliance
from tests.records.consulting import Desk, a_desk
from tests.web.conftest import PASSWORD, Browser

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@dataclass
class Clinic:
    """The desk of the tests of consultations, behind a web application."""

    desk: Desk
    app: Flask

    def browser(self, login: str) -> Browser:
        return Browser(self.app.test_client(), login)

    def open_room(self) -> tuple[str, str]:
        """A consultation that both have confirmed and whose room is open from now on."""
        key = self.desk.confirmed(0.5)
        return key, self.desk.room_of(key)

    def session(self, *logins: str) -> tuple[str, str]:
        """A room with these people in it: (consultation, room)."""
        key, room = self.open_room()
        for login in logins:
            assert self.browser(login).post(f"/api/rooms/{room}/admit", {}).status_code == 200
        return key, room


@contextmanager
def a_clinic(home: Path, **settings: Any) -> Iterator[Clinic]:
    clock = FixedClock(AT)
    system = a_system(home, clock=clock, **settings)
    desk = a_desk(an_alliance(system, password=PASSWORD), clock, PASSWORD)
    app = create(system, blueprint)
    yield Clinic(desk, app)
    app.extensions["teleconsult.live"].close()
    system.store.engine.dispose()
