"""Every route of uploads, gateways and tokens × everybody. `ROUTES` are named in `test_permissions`, which knows all routes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from teleconsult.access.tables import PeerRow
from teleconsult.web.app import create
from tests.builders import PEOPLE, Alliance, a_system, an_alliance
from tests.web.conftest import PASSWORD, Browser

EVERYBODY = frozenset(person[0] for person in PEOPLE)
SEND = frozenset({"technician_a", "doctor_a"})
"""Who may send for county A."""
ADMIN = frozenset({"administrator"})
FILE = {"files": [{"name": "x", "size": 200_000, "sha256": "0" * 64}], "site_id": "{site}"}
NOBODYS: dict[str, object] = {
    "GET /api/uploads/<id>": None,
    "PUT /api/uploads/<id>/chunks/<int:offset>": b"",
    "POST /api/uploads/<id>/finish": {},
}
"""About an upload of somebody who is not asked here: absent for everybody."""
WHO: dict[str, tuple[frozenset[str], object]] = {
    "POST /api/uploads": (SEND, FILE),
    "POST /api/uploads/studies/end": (SEND, {"study_uid": "1.2.3", "instances": 1, "site_id": "{site}"}),
    "GET /api/admin/peers/<id>/tokens": (ADMIN, None),
    "POST /api/admin/peers/<id>/tokens": (ADMIN, {}),
    "POST /api/admin/peers/tokens/<id>/revoke": (ADMIN, {}),
    "GET /api/gateway/hello": (frozenset(), None),
    "POST /api/gateway/report": (frozenset(), {"waiting": 0, "waiting_bytes": 0}),
}
LISTS = ("GET /api/uploads", "GET /api/uploads/sites", "GET /api/gateways")
ROUTES = frozenset({*NOBODYS, *WHO, *LISTS})


@pytest.fixture(scope="module")
def alliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alliance]:
    system = a_system(tmp_path_factory.mktemp("uploads") / "home")
    yield an_alliance(system, password=PASSWORD)
    system.store.engine.dispose()


@pytest.fixture(scope="module")
def app(alliance: Alliance) -> Iterator[Flask]:
    app = create(alliance.system)
    yield app
    app.extensions["teleconsult.live"].close()


@pytest.fixture(scope="module")
def browsers(app: Flask) -> dict[str, Browser]:
    return {login: Browser(app.test_client(), login) for login in sorted(EVERYBODY)}


def asked(client: FlaskClient, csrf: str, alliance: Alliance, route: str, body: object) -> tuple[int, str]:
    method, rule = route.split(" ")
    with alliance.system.read() as work:
        peer_id = work.session.scalars(select(PeerRow.id).where(PeerRow.ae_title == "SCANNER_A")).one()
    path = rule.replace("<id>", peer_id).replace("<int:offset>", "0")
    headers = {"X-CSRF-Token": csrf}
    if isinstance(body, dict):
        named = {k: alliance.sites["county_a"] if v == "{site}" else v for k, v in body.items()}
        answer = client.open(path, method=method, json=named, headers=headers)
    else:
        answer = client.open(path, method=method, data=body, headers=headers)
    return answer.status_code, str((answer.json or {}).get("code", ""))


@pytest.mark.parametrize("route", WHO)
def test_only_who_may_gets_past_the_door(route: str, browsers: dict[str, Browser], alliance: Alliance) -> None:
    allowed, body = WHO[route]
    for login, browser in browsers.items():
        status, code = asked(browser.client, browser.csrf, alliance, route, body)
        if login in allowed:
            assert code not in ("permit.refused", "session.absent"), (login, status, code)
        else:
            assert status in (403, 404), (login, status, code)


@pytest.mark.parametrize("route", NOBODYS)
def test_an_upload_of_somebody_else_is_absent_for_everybody(
    route: str, browsers: dict[str, Browser], alliance: Alliance
) -> None:
    for browser in browsers.values():
        assert asked(browser.client, browser.csrf, alliance, route, NOBODYS[route]) == (404, "upload.absent")


@pytest.mark.parametrize("route", LISTS)
def test_lists_hold_only_one_s_own(route: str, browsers: dict[str, Browser]) -> None:
    path = route.split(" ")[1]
    for login, browser in browsers.items():
        items = (browser.get(path).json or {})["items"]
        assert items == [] or login in SEND | {"coordinator", "doctor_b", "doctor_t"}, (login, items)


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_without_a_session_or_a_token_nobody_asks(route: str, app: Flask, alliance: Alliance) -> None:
    assert asked(app.test_client(), "", alliance, route, {})[0] == 401
