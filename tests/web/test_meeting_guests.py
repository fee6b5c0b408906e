"""Guests of a meeting's room over HTTP: nobody hears a case of another hospital, and a media node that does not answer stops it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from redis import Redis

from teleconsult import consult, nodes, referral
from tests.records.desk import does
from tests.records.house import a_study
from tests.web.conftest import PASSWORD
from tests.web.meeting import Served, a_served_board
from tests.web.test_meetings import get, post


class Answering(BaseHTTPRequestHandler):
    """What a media node says to a control word; `said` are those that came."""

    said: list[tuple[str, Any]]
    status = 200

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.said.append((self.path, body))
        answer = b"{}"
        self.send_response(type(self).status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def control() -> Iterator[tuple[str, type[Answering]]]:
    kind = type("Control", (Answering,), {"said": [], "status": 200})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", kind
        server.shutdown()
        thread.join()


@pytest.fixture
def served(tmp_path: Path, valkey_url: str) -> Iterator[Served]:
    with Redis.from_url(valkey_url) as broker:
        broker.flushdb()
    with a_served_board(tmp_path / "home", broker_url=valkey_url) as served:
        yield served


def live(served: Served) -> tuple[str, str, str]:
    """A live meeting with a case of county A and one of county B, whose doctor was let in: (path of A's item, of B's, room)."""
    house = served.house
    with house.alliance.system.work() as work:
        study = a_study(work, house.alliance.sites["county_b"], 7)
    case = does(house.alliance, "doctor_b", referral.open_case, study.id, "另一例")
    theirs = house.does("doctor_b", consult.agenda.propose, house.meeting().id, case.id, "第二例")
    house.does("coordinator", consult.agenda.accept, theirs.meeting_id, theirs.id)
    ours = house.accepted()
    house.goes_to(house.meeting().starts_at)
    path = f"/api/meetings/{ours.meeting_id}"
    room = f"/api/rooms/{post(served, 'onc', f'{path}/start')['room_id']}"
    for login in ("onc", "rad", "path"):
        post(served, login, f"{room}/admit")
    assert post(served, "doctor_b", f"{room}/admit")["waiting"] is True
    post(served, "onc", f"{room}/let_in", {"seat": seat(served, room)["id"]})
    return f"{path}/items/{ours.id}", f"{path}/items/{theirs.id}", room


def seat(served: Served, room: str) -> dict[str, Any]:
    doctor = served.house.who("doctor_b").id
    found: dict[str, Any] = next(one for one in get(served, "onc", room)["seats"] if one["person_id"] == doctor)
    return found


def test_a_guest_is_off_the_air_before_another_case_is_presented(
    served: Served, control: tuple[str, type[Answering]], valkey_url: str
) -> None:
    ours, theirs, room = live(served)
    url, node = control
    registry = nodes.Nodes(valkey_url)
    registry.announce(nodes.Node("one", url, url))
    mine = seat(served, room)["id"]
    node.status = 503
    refusal = served.browser("onc").post(f"{ours}/present", {})
    assert (refusal.status_code, (refusal.json or {})["code"]) == (503, "room.guest_on_air")
    assert get(served, "onc", ours)["state"] == "preparing", "nothing is discussed while somebody may listen"
    assert (seat(served, room)["state"], seat(served, room)["held"]) == ("waiting", True)
    node.status = 200
    registry.announce(nodes.Node("one", url, url))
    assert post(served, "onc", f"{ours}/present")["state"] == "presenting"
    path, words = node.said[-1]
    assert path == f"/control/{room.removeprefix('/api/rooms/')}/drop"
    assert words == {"seat": mine, "at": ANY}  # since when: tickets from before are good for nothing
    node.status = 404  # the node knows of no such room: nobody hears anything there
    post(served, "onc", f"{theirs}/present")
    assert post(served, "onc", f"{ours}/present")["state"] == "presenting"
    registry.close()


def test_who_waits_for_the_own_case_is_told_so_and_sees_nothing_of_the_others(served: Served) -> None:
    ours, theirs, room = live(served)
    post(served, "onc", f"{ours}/present")
    post(served, "rad", f"{room}/chat", {"text": "甲县病例"})
    page = get(served, "doctor_b", room)
    mine = next(one for one in page["seats"] if one["id"] == page["my_seat_id"])
    assert (mine["state"], mine["held"], page["chat"], page["studies"], page["verbs"]) == (
        "waiting",
        True,
        [],
        [],
        ["admit"],
    )
    admitted = post(served, "doctor_b", f"{room}/admit")
    assert (admitted["waiting"], admitted["ticket"]) == (True, None)
    post(served, "onc", f"{theirs}/present")
    page = get(served, "doctor_b", room)
    assert ([line["text"] for line in page["chat"]], len(page["studies"])) == ([], 1)
    post(served, "doctor_b", f"{room}/chat", {"text": "谢谢各位"})
    assert [line["text"] for line in get(served, "doctor_b", room)["chat"]] == ["谢谢各位"]
    assert [line["item_id"] for line in get(served, "rad", room)["chat"]] == [
        ours.rsplit("/", 1)[1], theirs.rsplit("/", 1)[1],
    ]  # fmt: skip


def test_the_chair_excuses_a_specialty_with_the_password_and_the_paper_says_why(served: Served) -> None:
    house = served.house
    item = house.concluded("onc", "rad", "path")
    house.clock.advance(25 * 3600)
    path = f"/api/meetings/{item.meeting_id}/items/{item.id}"
    assert get(served, "onc", path)["conclusion"]["excusable"] == ["radiology", "pathology", "oncology"]
    body = {"role": "pathology", "reason": "医师已离院", "password": "wrong-word-1", "version": 1}
    assert (served.browser("onc").post(f"{path}/excuse", body).json or {})["code"] == "password.wrong"
    found = post(served, "onc", f"{path}/excuse", {**body, "password": PASSWORD})
    parts = {one["role"]: one["unsigned"] for one in found["conclusion"]["signatures"]}
    assert parts == {"chair": "", "radiology": "", "pathology": "医师已离院", "oncology": ""}
    assert found["conclusion"]["kind"] == "opinion", "the board asks for all three"
