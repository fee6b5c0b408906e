"""Every route of conflicts, rejections and scrubs × everybody. `ROUTES` are named in `test_permissions`, which knows all routes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from teleconsult.imaging import InstanceRow, identity_cases, rejection
from teleconsult.web.app import create
from tests.builders import PEOPLE, Alliance, a_system, an_alliance
from tests.web.conftest import PASSWORD, Browser
from tests.web.scene import Scene, a_signed_study

EVERYBODY = frozenset(person[0] for person in PEOPLE)
KEEPERS = frozenset({"technician_a", "coordinator"})
OWN = frozenset({"technician_a"})
ADMIN, AUDITOR = frozenset({"administrator"}), frozenset({"auditor"})
# Route → who is let through to the rule, and a body that fits.
MAY: dict[str, tuple[frozenset[str], object]] = {
    "GET /api/conflicts": (KEEPERS, None),
    "POST /api/conflicts/<key>/decide": (OWN, {"verb": "take_new", "reason": "测试"}),
    "GET /api/conflicts/objects/<id>/picture": (OWN, None),
    "GET /api/decisions": (KEEPERS, None),
    "POST /api/decisions/<id>/undo": (frozenset(), {"reason": "测试"}),
    "GET /api/people/search": (KEEPERS, None),
    "POST /api/people/merge": (OWN, {"gone": "{patient}", "kept": "{patient}", "reason": "测试"}),
    "GET /api/rejections": (KEEPERS | ADMIN | AUDITOR, None),
    "POST /api/studies/<id>/rejections/lift": (OWN, {"code": "113001", "reason": "测试"}),
    "GET /api/admin/scrubs": (ADMIN, None),
}
ROUTES = frozenset(MAY)


@pytest.fixture(scope="module")
def alliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alliance]:
    system = a_system(tmp_path_factory.mktemp("identity") / "home")
    yield an_alliance(system, password=PASSWORD)
    system.store.engine.dispose()


@pytest.fixture(scope="module")
def app(alliance: Alliance) -> Iterator[Flask]:
    app = create(alliance.system)
    yield app
    app.extensions["teleconsult.live"].close()


@pytest.fixture(scope="module")
def scene(alliance: Alliance) -> Scene:
    return a_signed_study(alliance)


@pytest.fixture(scope="module")
def words(alliance: Alliance, scene: Scene) -> dict[str, str]:
    technician = alliance.people["technician_a"]
    with alliance.system.read(technician) as work:
        (found,) = identity_cases.conflicts(work, technician)
        patient = work.session.scalars(select(InstanceRow.study_id)).first()
    return {"key": found.key, "quarantine": found.rows[0].id, "study": scene.study, "patient": str(patient)}


@pytest.fixture(scope="module")
def browsers(app: Flask) -> dict[str, Browser]:
    return {login: Browser(app.test_client(), login) for login in sorted(EVERYBODY)}


def ask(browser: Browser, route: str, words: dict[str, str]) -> TestResponse:
    method, rule = route.split(" ")
    path = rule.replace("<key>", words["key"])
    path = path.replace("<id>", words["study"] if "/studies/" in path else words["quarantine"])
    if rule.endswith("/search"):
        path += "?q=T"
    body = MAY[route][1]
    if method == "GET":
        return browser.get(path)
    filled = {name: str(value).replace("{patient}", words["patient"]) for name, value in dict(body).items()}  # type: ignore[call-overload]
    return browser.post(path, filled)


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_each_route_is_for_who_looks_after_it(route: str, browsers: dict[str, Browser], words: dict[str, str]) -> None:
    for login in EVERYBODY - MAY[route][0]:
        answer = ask(browsers[login], route, words)
        assert answer.status_code in (403, 404), (login, answer.status_code, answer.text)
    for login in MAY[route][0]:
        code = (ask(browsers[login], route, words).json or {}).get("code", "")
        assert code != "permit.refused", login


def test_the_desk_of_another_hospital_has_neither_conflict_nor_name_in_it(
    browsers: dict[str, Browser], scene: Scene
) -> None:
    for path in ("/api/conflicts", "/api/decisions"):
        assert browsers["coordinator"].get(path).json == {"items": []}
    assert scene.study_uid in browsers["technician_a"].get("/api/conflicts").text


def test_what_was_signed_is_exchanged_by_nobody(browsers: dict[str, Browser], words: dict[str, str]) -> None:
    answer = browsers["technician_a"].post(
        f"/api/conflicts/{words['key']}/decide", {"verb": "take_new", "reason": "测试"}
    )
    assert (answer.status_code, (answer.json or {})["code"]) == (403, "conflict.not_offered")


def test_who_sees_no_patient_counts_what_is_rejected_and_reads_no_name(
    alliance: Alliance, browsers: dict[str, Browser], scene: Scene
) -> None:
    with alliance.system.work() as work:
        rows = work.session.scalars(select(InstanceRow)).all()
        rejection.set_aside(work, rows, rejection.SAFETY, "SCANNER_A")
    (counted,) = (browsers["administrator"].get("/api/rejections").json or {})["items"]
    assert (counted["objects"], counted["code"], counted["name"], counted["patient_id"]) == (1, "113037", "", "")
    for login in ("auditor", "technician_a"):
        (named,) = (browsers[login].get("/api/rejections").json or {})["items"]
        assert named["name"]
    assert (browsers["coordinator"].get("/api/rejections").json or {})["items"] == []
    lifted = browsers["technician_a"].post(
        f"/api/studies/{scene.study}/rejections/lift", {"code": "113037", "reason": "核对无误"}
    )
    assert lifted.status_code == 200
    assert (browsers["auditor"].get("/api/rejections").json or {})["items"] == []
