"""Every route of consultations, experts and rooms × everybody: who may, who is refused, and who must not learn that there is something.

As `test_permissions`, about a consultation of county A that the city answers. `ROUTES` are named in that table, which knows all routes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders import PEOPLE
from tests.records.consulting import EXPERTS
from tests.web.conftest import PASSWORD, Browser
from tests.web.consulting import Clinic, a_clinic

EVERYBODY = frozenset(person[0] for person in (*PEOPLE, *EXPERTS))
ASKS, CENTRE, EXPERT = frozenset({"doctor_a"}), frozenset({"coordinator"}), frozenset({"expert"})
BESIDE = frozenset({"expert2"})
AUDITOR = frozenset({"auditor"})
SEE = ASKS | CENTRE | EXPERT | BESIDE | AUDITOR
IN_ROOM = ASKS | EXPERT
AT_DOOR = IN_ROOM | CENTRE | BESIDE

ABOUT_THE_CONSULTATION: dict[str, frozenset[str]] = {
    "GET /api/consultations/<id>": SEE,
    "PUT /api/consultations/<id>": ASKS,
    "POST /api/consultations/<id>/submit": ASKS,
    "POST /api/consultations/<id>/cancel": ASKS | CENTRE,
    "POST /api/consultations/<id>/accept": CENTRE,
    "POST /api/consultations/<id>/route": CENTRE,
    "POST /api/consultations/<id>/ask_supplement": CENTRE,
    "POST /api/consultations/<id>/supplement": ASKS,
    "POST /api/consultations/<id>/reject": CENTRE,
    "POST /api/consultations/<id>/assign": CENTRE,
    "POST /api/consultations/<id>/confirm": ASKS | EXPERT | BESIDE,
    "POST /api/consultations/<id>/decline_time": ASKS | EXPERT | BESIDE,
    "POST /api/consultations/<id>/start": ASKS | EXPERT | BESIDE,
    "POST /api/consultations/<id>/write_opinion": EXPERT | BESIDE,
    "POST /api/consultations/<id>/sign": EXPERT | BESIDE,
    "POST /api/consultations/<id>/feedback": ASKS,
    "POST /api/consultations/<id>/rate_request": EXPERT | BESIDE,
    "POST /api/consultations/<id>/close": ASKS,
}
"""Seconds have the expert's right, and are told by its rule that they are not the one who signs."""
ABOUT_THE_ROOM: dict[str, frozenset[str]] = {
    "GET /api/rooms/<id>": AT_DOOR,
    "GET /api/rooms/<id>/door": AT_DOOR,
    "POST /api/rooms/<id>/reopen": EXPERT,
    "POST /api/rooms/<id>/admit": AT_DOOR,
    "POST /api/rooms/<id>/leave": AT_DOOR,
    "POST /api/rooms/<id>/hand": IN_ROOM,
    "POST /api/rooms/<id>/chat": IN_ROOM,
    "POST /api/rooms/<id>/marks": IN_ROOM,
    "POST /api/rooms/<id>/marks/<mark_id>/remove": IN_ROOM,
    "POST /api/rooms/<id>/presenter": IN_ROOM,
    "POST /api/rooms/<id>/consent": IN_ROOM,
    "POST /api/rooms/<id>/let_in": EXPERT,
    "POST /api/rooms/<id>/remove": EXPERT,
    "POST /api/rooms/<id>/recording": EXPERT,
    "POST /api/rooms/<id>/close": EXPERT,
    "GET /api/rooms/<id>/recordings/<recording_id>": AT_DOOR,
    "GET /api/rooms/<id>/recordings/<recording_id>/tracks/<int:track>": AT_DOOR,
}
ELSEWHERE: dict[str, frozenset[str]] = {
    "POST /api/consultations": ASKS,
    "PUT /api/experts/me": EXPERT | BESIDE | {"expert_b"},
    "PUT /api/experts/<person_id>": EXPERT | CENTRE,
}
FOR_ALL = (
    "GET /api/consultations",
    "GET /api/consultations/centres",
    "GET /api/experts",
    "GET /api/experts/unlisted",
    "GET /api/desk",
    "POST /api/call-test",
)
ROUTES = frozenset({*ABOUT_THE_CONSULTATION, *ABOUT_THE_ROOM, *ELSEWHERE, *FOR_ALL})

BODIES: dict[str, dict[str, Any]] = {
    "reject": {"reason": ""}, "cancel": {"reason": ""}, "decline_time": {"reason": ""}, "ask_supplement": {"text": "测试"},
    "supplement": {"text": "测试"}, "write_opinion": {"version": 0}, "sign": {"version": 0, "password": PASSWORD},
    "feedback": {"adoption": "adopted"}, "rate_request": {"rating": 3}, "hand": {"up": False}, "chat": {"text": " "},
    "consent": {"yes": True}, "recording": {"on": False}, "close": {}, "consultations": {"case_id": "{case}", "urgency": "none"},
    "route": {"centre_site_id": "x", "reason": "测试"}, "assign": {"expert_id": "x"}, "admit": {}, "leave": {},
    "marks": {"study_id": "x", "series_uid": "1", "sop_uid": "1", "kind": "arrow", "points": [[1, 2], [3, 4]]},
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    clinic: Clinic
    browsers: dict[str, Browser]
    key: str
    room: str

    def ask(self, login: str, route: str) -> TestResponse:
        method, rule = route.split(" ")
        path = rule.replace("<mark_id>", "none").replace("<recording_id>", "none").replace("<int:track>", "1")
        path = path.replace("<person_id>", self.clinic.desk.who("expert").id)
        path = path.replace("<id>", self.room if "/rooms/" in rule else self.key)
        if method == "GET":
            return self.browsers[login].get(path, buffered=True)
        last = rule.rsplit("/", 1)[1]
        seat = {"seat": "none"} if last in ("let_in", "remove", "presenter") and "mark" not in rule else None
        default: dict[str, Any] = {"version": 0} if "consultations/<id>" in rule and method == "PUT" else {}
        found = seat or BODIES.get(last, default)
        body = {name: value if value != "{case}" else self.clinic.desk.case_id for name, value in found.items()}
        browser = self.browsers[login]
        return browser.client.open(
            path, method=method, json=body, headers={"X-CSRF-Token": browser.csrf}, buffered=True
        )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A consultation in session: the expert and the doctor who asked sit in the room, another expert was invited besides."""
    with a_clinic(tmp_path_factory.mktemp("consult") / "home") as clinic:
        desk = clinic.desk
        key = desk.accepted()
        people = [desk.who(login).id for login in ("expert", "expert2")]
        browsers = {login: clinic.browser(login) for login in sorted(EVERYBODY)}
        body = {"expert_id": people[0], "second_ids": people[1:], "starts_at": desk.ahead(minutes=1).isoformat()}
        assert browsers["coordinator"].post(f"/api/consultations/{key}/assign", body).status_code == 200
        stage = Stage(clinic, browsers, key, desk.room_of(key))
        for login in ("expert", "doctor_a"):
            assert stage.ask(login, "POST /api/rooms/<id>/admit").status_code == 200
        yield stage


def test_experts_hold_their_own_passwords(stage: Stage) -> None:
    assert set(stage.browsers) == EVERYBODY


@pytest.mark.parametrize("route", ABOUT_THE_CONSULTATION)
def test_a_consultation_is_there_for_some_and_absent_for_all_others(route: str, stage: Stage) -> None:
    for login in sorted(EVERYBODY - ABOUT_THE_CONSULTATION[route]):
        answer = stage.ask(login, route)
        assert answer.status_code == (403 if login in SEE else 404), (login, answer.text)
        assert "测试1" not in answer.text
    for login in sorted(ABOUT_THE_CONSULTATION[route]):
        code = _code(stage.ask(login, route))
        assert code not in ("permit.refused", "session.absent", "consultation.absent"), (login, code)


@pytest.mark.parametrize(
    "route", [route for route in ABOUT_THE_ROOM if not route.endswith(("/leave", "/close", "/admit"))]
)
def test_a_room_is_there_for_who_is_of_it(route: str, stage: Stage) -> None:
    for login in sorted(EVERYBODY - AT_DOOR):
        answer = stage.ask(login, route)
        assert (answer.status_code, _code(answer)) == (404, "room.absent"), (login, answer.text)
    for login in sorted(AT_DOOR - ABOUT_THE_ROOM[route]):
        assert _code(stage.ask(login, route)) in ("room.not_in", "room.host_only"), login
    for login in sorted(ABOUT_THE_ROOM[route]):
        assert _code(stage.ask(login, route)) not in (
            "room.absent",
            "room.not_in",
            "room.host_only",
            "permit.refused",
        ), login


@pytest.mark.parametrize(
    "route", ["POST /api/rooms/<id>/admit", "POST /api/rooms/<id>/leave", "POST /api/rooms/<id>/close"]
)
def test_the_door_is_shut_for_strangers(route: str, stage: Stage) -> None:
    for login in sorted(EVERYBODY - AT_DOOR):
        assert _code(stage.ask(login, route)) == "room.absent", login
    if route.endswith("close"):
        for login in sorted(AT_DOOR - EXPERT):
            assert _code(stage.ask(login, route)) in ("room.not_in", "room.host_only"), login


@pytest.mark.parametrize("route", ELSEWHERE)
def test_the_rest_is_for_its_people(route: str, stage: Stage) -> None:
    for login in sorted(EVERYBODY - ELSEWHERE[route]):
        answer = stage.ask(login, route)
        if route == "PUT /api/experts/me":
            assert _code(answer) == "expert.no_role", (login, answer.text)
        elif login == "administrator" and "experts" in route:
            assert answer.status_code == 200, "the alliance's administrator keeps the directory"
        else:
            assert answer.status_code in (403, 404), (login, answer.status_code, answer.text)
    for login in sorted(ELSEWHERE[route]):
        assert _code(stage.ask(login, route)) not in ("permit.refused", "case.absent", "expert.no_role"), login


@pytest.mark.parametrize("route", FOR_ALL)
def test_lists_are_for_everybody_and_hold_only_ones_own(route: str, stage: Stage) -> None:
    for login in sorted(EVERYBODY):
        answer = stage.ask(login, route)
        assert answer.status_code == 200, (login, answer.text)
        assert ("测试1" in answer.text) <= (login in SEE), login


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_without_a_session_every_door_is_shut(route: str, stage: Stage) -> None:
    stranger = Browser.__new__(Browser)
    stranger.client, stranger.csrf = stage.clinic.app.test_client(), ""
    assert Stage(stage.clinic, {"": stranger}, stage.key, stage.room).ask("", route).status_code == 401


def _code(answer: TestResponse) -> str:
    return str((answer.json or {}).get("code", "")) if answer.is_json and answer.status_code >= 400 else ""
