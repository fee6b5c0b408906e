"""A listening node over a small alliance, with times short enough for tests."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from dicom_node.dicomweb import blueprint
from dicom_node.dicomweb_frames import Drawing
from dicom_node.node import Node
from dicom_node.receive import Limits
from teleconsult.access import Actor
from teleconsult.access.tables import PeerRow
from teleconsult.imaging.render_apart import RenderApart
from teleconsult.kernel.errors import forbidden
from teleconsult.system import build
from tests.builders import Alliance, a_system, an_alliance, some_settings
from tests.peers import Scanner, Sent

# A process for the index takes a second to start: nodes of this process do without, those that are killed do not.
SHORT = Limits(stop_seconds=1.0, index_apart=False, known_seconds=0.0)
HASTY = replace(SHORT, request_seconds=1.5)
"""For tests of who is too slow: under load an honest client may be, too."""


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Alliance:
    """The alliance made once; each test gets a copy of its folder."""
    system = a_system(tmp_path_factory.mktemp("seeded") / "home")
    made = an_alliance(system)
    system.store.engine.dispose()
    return made


@pytest.fixture
def alliance(seeded: Alliance, tmp_path: Path) -> Iterator[Alliance]:
    home = tmp_path / "home"
    shutil.copytree(seeded.system.settings.home, home)
    system = build(some_settings(home))
    yield Alliance(system, seeded.sites, seeded.people)
    system.store.engine.dispose()


@pytest.fixture
def node(alliance: Alliance) -> Iterator[Node]:
    node = Node(alliance.system, SHORT)
    node.start()
    yield node
    node.stop()


class Settling(Scanner):
    """A scanner after whose objects one may look at once: `send` returns when what was acknowledged is in the index."""

    def __init__(self, node: Node, peer_ids: Sequence[str]) -> None:
        super().__init__(node.address)
        self._node, self._peer_ids = node, peer_ids

    def send(self, *objects: Sent) -> list[int]:
        statuses = super().send(*objects)
        for peer_id in self._peer_ids:
            self._node.settled(peer_id, 30)
        return statuses


@pytest.fixture
def scanner(node: Node, alliance: Alliance) -> Scanner:
    with alliance.system.read() as work:
        return Settling(node, list(work.session.scalars(select(PeerRow.id))))


class Browser:
    """A DICOMweb client in the name of whoever `who` says; `None` is somebody who is not signed in."""

    def __init__(self, alliance: Alliance, apart: Drawing) -> None:
        self.who: str | None = "doctor_a"
        self.alliance = alliance
        self._people = alliance.people
        self.app = Flask("tests")
        self.app.register_blueprint(blueprint(alliance.system, self._actor, apart))
        self._client = self.app.test_client()

    def _actor(self) -> Actor:
        if self.who is None:
            raise forbidden("session.absent")
        return self._people[self.who]

    def post(self, path: str, body: object, content_type: str, accept: str = "application/dicom+json") -> TestResponse:
        headers = {"Accept": accept, "Content-Type": content_type}
        return self._client.post(f"/dicom-web{path}", data=body, headers=headers)

    def get(self, path: str, accept: str = "*/*", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.get(f"/dicom-web{path}", headers={"Accept": accept, **named})


@pytest.fixture(scope="session")
def apart() -> Iterator[RenderApart]:
    """One drawing child for all tests: it takes a second to start."""
    with RenderApart() as drawing:
        yield drawing


@pytest.fixture
def browser(alliance: Alliance, apart: RenderApart) -> Browser:
    return Browser(alliance, apart)


@pytest.fixture
def dicomweb(browser: Browser) -> Iterator[str]:
    """The URL of DICOMweb over real HTTP."""
    server = make_server("127.0.0.1", 0, browser.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}/dicom-web"
    server.shutdown()
    serving.join()
    server.server_close()
