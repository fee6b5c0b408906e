"""Every route of boards and meetings × everybody: who may, who is refused, and who must not learn that there is something.

As `test_permissions`, about a case of county A before a board of the city. `ROUTES` are named in that table, which knows all routes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders import PEOPLE
from tests.records.meeting import PANEL, WORDS, board_fields
from tests.web.conftest import PASSWORD
from tests.web.meeting import Served, a_served_board

MEMBERS = frozenset(login for login, _ in PANEL)
EVERYBODY = frozenset(person[0] for person in PEOPLE) | MEMBERS | {"coordinator_b"}
ASKS, CENTRE, AUDITOR = frozenset({"doctor_a"}), frozenset({"coordinator"}), frozenset({"auditor"})
SEE = ASKS | CENTRE | MEMBERS | AUDITOR

ABOUT_THE_MEETING: dict[str, frozenset[str]] = {
    "GET /api/meetings/<id>": SEE,
    "POST /api/meetings/<id>/move": CENTRE,
    "POST /api/meetings/<id>/members": CENTRE,
    "POST /api/meetings/<id>/cancel": CENTRE,
    "POST /api/meetings/<id>/chair": CENTRE | {"onc"},
    "POST /api/meetings/<id>/agenda": CENTRE | MEMBERS,
    "POST /api/meetings/<id>/start": MEMBERS,
    "POST /api/meetings/<id>/finish": MEMBERS,
    "POST /api/meetings/<id>/items": ASKS | CENTRE | MEMBERS,
    "GET /api/meetings/<id>/items/<item>": SEE,
    "POST /api/meetings/<id>/items/<item>/accept": CENTRE | MEMBERS,
    "POST /api/meetings/<id>/items/<item>/decline": CENTRE | MEMBERS,
    "POST /api/meetings/<id>/items/<item>/defer": CENTRE | MEMBERS,
    "POST /api/meetings/<id>/items/<item>/withdraw": CENTRE | ASKS,
    "PUT /api/meetings/<id>/items/<item>/preparation": MEMBERS,
    "POST /api/meetings/<id>/items/<item>/present": MEMBERS,
    "POST /api/meetings/<id>/items/<item>/conclude": MEMBERS,
    "POST /api/meetings/<id>/items/<item>/sign": MEMBERS,
    "POST /api/meetings/<id>/items/<item>/excuse": MEMBERS,
    "POST /api/meetings/<id>/items/<item>/review": CENTRE,
    "POST /api/meetings/<id>/items/<item>/close": CENTRE,
    "POST /api/meetings/<id>/items/<item>/refer": ASKS,
}
"""Members have the chair's right, and are told by its rule that they are not the chair."""
ABOUT_THE_BOARD: dict[str, frozenset[str]] = {
    "POST /api/boards": CENTRE,
    "PATCH /api/boards/<id>": CENTRE,
    "POST /api/boards/<id>/meetings": CENTRE,
    "POST /api/meetings": CENTRE,
}
FOR_ALL = ("GET /api/boards", "GET /api/boards/<id>", "GET /api/meetings")
ROUTES = frozenset({*ABOUT_THE_MEETING, *ABOUT_THE_BOARD, *FOR_ALL})

EMPTY: dict[str, Any] = {"reason": ""}
BODIES: dict[str, dict[str, Any]] = {
    "move": {"starts_at": "2020-01-01T00:00:00Z", "minutes": 60}, "members": {"members": [], "chair_id": "x"}, "cancel": EMPTY,
    "chair": {"person_id": "x"}, "agenda": {"items": [{"id": "x", "minutes": 5}]}, "start": {}, "finish": EMPTY, "decline": EMPTY,
    "defer": EMPTY, "withdraw": EMPTY, "accept": {}, "present": {}, "close": {}, "refer": {"direction": "up"},
    "preparation": {"specialty": "nephrology", "version": 1}, "conclude": dict(WORDS), "sign": {"password": PASSWORD, "version": 1},
    "excuse": {"role": "pathology", "reason": "x", "password": PASSWORD, "version": 1}, "review": {"text": " "}, "items": {"case_id": "{case}", "question": " "},
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    served: Served
    meeting: str
    item: str

    def ask(self, login: str, route: str) -> TestResponse:
        method, rule = route.split(" ")
        house, browser = self.served.house, self.served.browser(login)
        path = rule.replace("<item>", self.item).replace("<id>", house.board.id if "/boards/" in rule else self.meeting)
        if method == "GET":
            return browser.get(path, buffered=True)
        body = self._body(rule)
        return browser.client.open(
            path, method=method, json=body, headers={"X-CSRF-Token": browser.csrf}, buffered=True
        )

    def _body(self, rule: str) -> dict[str, Any]:
        house = self.served.house
        panel = board_fields(house.alliance)
        city = house.alliance.sites["city"]
        known: dict[str, dict[str, Any]] = {
            "/api/boards": {**panel, "site_id": city, "name": house.board.name},
            "/api/boards/<id>": {"version": 99},
            "/api/boards/<id>/meetings": {"starts_at": "2020-01-01T00:00:00Z"},
            "/api/meetings": {
                **{name: panel[name] for name in ("specialties", "quorum", "members", "chair_id")},
                "site_id": city, "title": "急会", "starts_at": "2020-01-01T00:00:00Z",
            },
        }  # fmt: skip
        body = known.get(rule) or BODIES[rule.rsplit("/", 1)[1]]
        return {name: house.case.id if value == "{case}" else value for name, value in body.items()}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_served_board(tmp_path_factory.mktemp("meeting") / "home") as served:
        item = served.house.accepted()
        yield Stage(served, item.meeting_id, item.id)


def _code(answer: TestResponse) -> str:
    return str((answer.json or {}).get("code", "")) if answer.is_json and answer.status_code >= 400 else ""


@pytest.mark.parametrize("route", ABOUT_THE_MEETING)
def test_a_meeting_is_there_for_who_has_a_part_in_it_and_absent_for_all_others(route: str, stage: Stage) -> None:
    for login in sorted(EVERYBODY - ABOUT_THE_MEETING[route]):
        answer = stage.ask(login, route)
        assert answer.status_code == (403 if login in SEE else 404), (login, answer.text)
        assert "测试1" not in answer.text
    for login in sorted(ABOUT_THE_MEETING[route]):
        code = _code(stage.ask(login, route))
        assert code not in ("permit.refused", "session.absent", "meeting.absent", "item.absent", "case.absent"), (
            login,
            code,
        )
    assert stage.served.house.item(stage.item).state == "preparing", "asking changed nothing"


@pytest.mark.parametrize("route", ABOUT_THE_BOARD)
def test_boards_are_kept_by_the_coordinators_of_their_hospital(route: str, stage: Stage) -> None:
    for login in sorted(EVERYBODY - CENTRE):
        assert stage.ask(login, route).status_code == 403, login
    assert _code(stage.ask("coordinator", route)) not in ("", "permit.refused")


@pytest.mark.parametrize("route", FOR_ALL)
def test_boards_are_no_secret_and_lists_hold_only_ones_own(route: str, stage: Stage) -> None:
    for login in sorted(EVERYBODY):
        answer = stage.ask(login, route)
        assert answer.status_code == 200, login
        if route == "GET /api/meetings":
            assert (stage.meeting in answer.text) == (login in SEE), login


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_without_a_session_every_door_is_shut(route: str, stage: Stage) -> None:
    method, rule = route.split(" ")
    path = rule.replace("<item>", stage.item).replace("<id>", stage.meeting)
    assert stage.served.app.test_client().open(path, method=method, json={}).status_code == 401
