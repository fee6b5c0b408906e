"""A web application over a small alliance, and browsers that are signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dicom_node.dicomweb import blueprint
from teleconsult.web.app import create
from tests.builders import Alliance, a_system, an_alliance

PASSWORD = "demo-word-2026"


class Browser:
    """A signed-in browser: keeps its cookie, sends its CSRF token with every change."""

    def __init__(self, client: FlaskClient, login: str, password: str = PASSWORD) -> None:
        self.client = client
        answer = client.post("/api/login", json={"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        self.csrf: str = answer.json["csrf"] if answer.json else ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def post(self, path: str, json: object = None) -> TestResponse:
        return self.client.post(path, json=json, headers={"X-CSRF-Token": self.csrf})

    def put(self, path: str, json: object = None) -> TestResponse:
        return self.client.put(path, json=json, headers={"X-CSRF-Token": self.csrf})

    def patch(self, path: str, json: object = None) -> TestResponse:
        return self.client.patch(path, json=json, headers={"X-CSRF-Token": self.csrf})


def pinged_often(app: Flask) -> Flask:
    """Its sockets hear from it every second: who polls and leaves waits for the next word, and who goes in silence is missed soon."""
    lines = app.extensions["teleconsult.live"].io.server.eio
    lines.ping_interval, lines.ping_timeout = 1, 10
    return app


@pytest.fixture
def alliance(tmp_path: Path) -> Iterator[Alliance]:
    system = a_system(tmp_path / "home")
    yield an_alliance(system, password=PASSWORD)
    system.store.engine.dispose()


@pytest.fixture
def app(alliance: Alliance) -> Iterator[Flask]:
    app = create(alliance.system, blueprint)
    yield app
    app.extensions["teleconsult.live"].close()


@pytest.fixture
def browser(app: Flask) -> Callable[[str], Browser]:
    """Sign somebody in by their login in `tests.builders.PEOPLE`."""
    return lambda login: Browser(app.test_client(), login)
