"""An MDT over HTTP: the whole way, live news, and what a hostile or clumsy sender gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.records.meeting import PANEL, WORDS, board_fields
from tests.web.conftest import PASSWORD
from tests.web.meeting import Served, a_served_board
from tests.working import work_off


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with a_served_board(tmp_path / "home") as served:
        yield served


def post(served: Served, login: str, path: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = served.browser(login).post(path, body if body is not None else {})
    assert answer.status_code == status, (login, path, answer.text)
    found: dict[str, Any] = answer.json or {}
    return found


def get(served: Served, login: str, path: str, status: int = 200) -> dict[str, Any]:
    answer = served.browser(login).get(path, buffered=True)
    assert answer.status_code == status, (login, path, answer.text)
    return (answer.json or {}) if answer.is_json else {"bytes": answer.data}


def test_a_case_walks_from_the_proposal_to_the_signed_paper_at_the_county(served: Served) -> None:
    house = served.house
    (board,) = get(served, "doctor_a", "/api/boards")["items"]
    path = f"/api/meetings/{board['open'][0]['id']}"
    proposed = post(served, "doctor_a", f"{path}/items", {"case_id": house.case.id, "question": "能否手术?"}, 201)
    assert proposed["verbs"] == ["withdraw"]
    item = f"{path}/items/{proposed['id']}"
    assert get(served, "coordinator", item)["verbs"] == ["accept", "decline", "defer", "withdraw"]
    assert [one["kind"] for one in get(served, "coordinator", "/api/desk")["items"]] == ["meeting_screen"]
    accepted = post(served, "coordinator", f"{item}/accept", {"minutes": 20})
    assert [(one["specialty"], one["ready"]) for one in accepted["preparations"]] == [
        ("radiology", False), ("pathology", False), ("oncology", False),
    ]  # fmt: skip
    body = {"specialty": "radiology", "version": 1, "ready": True, "note": "已读片", "missing": []}
    assert served.browser("rad").put(f"{item}/preparation", body).status_code == 200
    house.goes_to(house.meeting().starts_at)
    assert get(served, "onc", path)["verbs"][:1] == ["start"]
    room = post(served, "onc", f"{path}/start")["room_id"]
    for login in ("onc", "rad", "path"):
        post(served, login, f"/api/rooms/{room}/admit")
    assert get(served, "rad", path)["quorum"] == {
        "met": True, "present": ["radiology", "pathology", "oncology"], "lacking": [], "least": 3,
    }  # fmt: skip
    shown = get(served, "rad", f"/api/rooms/{room}")
    assert len(shown["studies"]) == 1
    post(served, "onc", f"{item}/present")
    owner = get(served, "onc", item)["owners"][0]["id"]
    todo = [{"text": "穿刺活检", "owner_site_id": owner, "due_at": "2026-12-10T00:00:00Z"}]
    concluded = post(served, "onc", f"{item}/conclude", {**WORDS, "recommendations": todo})
    assert (concluded["state"], concluded["conclusion"]["kind"], concluded["quorum_met"]) == (
        "concluded",
        "conclusion",
        True,
    )
    for login in ("rad", "path", "onc"):
        seen = get(served, login, item)["conclusion"]["version"]
        wrong = served.browser(login).post(f"{item}/sign", {"password": "wrong-word-1", "version": seen})
        assert (wrong.json or {})["code"] == "password.wrong"
        signed = post(served, login, f"{item}/sign", {"password": PASSWORD, "version": seen})
    assert signed["state"] == "signed"
    assert post(served, "onc", f"{path}/finish")["state"] == "closed"
    work_off(house.alliance.system)
    the_county_has_it(served, item)


def the_county_has_it(served: Served, item: str) -> None:
    """Paper, recommendations and a referral that follows, at the hospital that asked and nowhere else."""
    at_county = get(served, "doctor_a", item)
    papers = [one["paper_id"] for one in at_county["conclusion"]["signatures"]]
    assert get(served, "doctor_a", f"/api/papers/{papers[-1]}/pdf")["bytes"].startswith(b"%PDF")
    assert get(served, "doctor_a", f"/api/papers/{papers[0]}/verify")["valid"]
    get(served, "doctor_b", f"/api/papers/{papers[0]}/pdf", 404)
    (tracked,) = at_county["follow_ups"]
    assert (tracked["state"], tracked["text"]) == ("planned", "穿刺活检")
    assert "refer" in at_county["verbs"]
    assert get(served, "doctor_a", f"/api/meetings?case={served.house.case.id}")["total"] == 1
    post(served, "doctor_a", f"{item}/refer", {"direction": "up"}, 201)


def test_two_hospitals_numbers_are_told_apart_on_the_agenda(served: Served) -> None:
    (board,) = get(served, "doctor_a", "/api/boards")["items"]
    path = f"/api/meetings/{board['open'][0]['id']}"
    asked = {"case_id": served.house.case.id, "question": "能否手术?"}
    assert post(served, "doctor_a", f"{path}/items", asked, 201)["patient"]["site"] == "示例一县医院"
    assert [one["patient"]["site"] for one in get(served, "coordinator", "/api/desk")["items"]] == ["示例一县医院"]
    assert [one["patient"]["site"] for one in get(served, "coordinator", path)["agenda"]] == ["示例一县医院"]


def test_a_signed_conclusion_stands_on_the_countys_desk_until_its_page_is_opened(served: Served) -> None:
    item = served.house.signed()
    waits = [one for one in get(served, "doctor_a", "/api/desk")["items"] if one["kind"] == "meeting_read"]
    assert [(one["verb"], one["link"]) for one in waits] == [("read", f"/meetings/{item.meeting_id}/items/{item.id}")]
    get(served, "coordinator", f"/api{waits[0]['link']}")
    assert waits[0] in get(served, "doctor_a", "/api/desk")["items"], "what others open is not read by this doctor"
    get(served, "doctor_a", f"/api{waits[0]['link']}")
    assert "meeting_read" not in [one["kind"] for one in get(served, "doctor_a", "/api/desk")["items"]]


def test_a_stranger_with_the_link_is_refused_and_written_down_once_an_hour(served: Served) -> None:
    item = served.house.accepted()
    for _ in range(3):
        get(served, "doctor_b", f"/api/meetings/{item.meeting_id}", 404)
        get(served, "doctor_b", f"/api/meetings/{item.meeting_id}/items/{item.id}", 404)
    assert served.house.facts("meeting").count("MeetingRefused") == 1
    served.house.clock.advance(3601)
    get(served, "doctor_b", f"/api/meetings/{item.meeting_id}", 404)
    assert served.house.facts("meeting").count("MeetingRefused") == 2
    get(served, "doctor_b", "/api/meetings/none", 404)


def test_a_coordinator_who_declines_hears_so_although_the_case_is_out_of_sight(served: Served) -> None:
    item = served.house.proposed()
    path = f"/api/meetings/{item.meeting_id}/items/{item.id}"
    told = post(served, "coordinator", f"{path}/decline", {"reason": "不属本团队"})
    assert (told["state"], told["next_item_id"]) == ("declined", None)
    get(served, "coordinator", path, 404)
    again = served.house.accepted()
    told = post(served, "coordinator", f"/api/meetings/{again.meeting_id}/items/{again.id}/defer", {"reason": "等病理"})
    get(served, "onc", f"/api/meetings/{told['next_meeting_id']}/items/{told['next_item_id']}")


@pytest.mark.parametrize(
    "body",
    [
        {}, [], "x", None, {"site_id": "x"}, {"name": "a\0b"}, {"cadence": {"every": "weekly", "weekday": "mon", "at": "15:00"}},
        {"cadence": {"every": "weekly", "weekday": 1, "at": "25:99"}}, {"quorum": {"must": [], "least": 1}},
        {"quorum": {"must": ["x"], "least": 2, "more": 1}}, {"members": [{"person_id": "x"}]}, {"specialties": "radiology"},
        {"minutes": 10**9}, {"chair_id": "x" * 65}, {"members": [{"person_id": "x", "specialty": "radiology"}] * 61},
    ],
)  # fmt: skip
def test_a_board_that_is_none_is_not_understood(body: Any, served: Served) -> None:
    fields = {**board_fields(served.house.alliance, name="新"), "site_id": served.house.alliance.sites["city"]}
    sent = {**fields, **body} if isinstance(body, dict) and body else body
    answer = served.browser("coordinator").post("/api/boards", sent)
    assert answer.status_code in (400, 403, 415, 422), answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"stage": "x", "recommendation": "x", "recommendations": [{"text": "x", "owner_site_id": "x", "due_at": "tomorrow"}]},
        {"stage": "x", "recommendation": "x", "recommendations": [{"text": "x", "owner_site_id": "x", "due_at": "2027-01-01T00:00:00"}]},
        {"stage": "x" * 4001, "recommendation": "x"}, {"stage": "x", "recommendation": "x", "kind": "conclusion"},
        {"stage": "x", "recommendation": "x", "quorum_met": True}, {"stage": "x", "recommendation": "x", "dissent": [{"text": "x"}]},
    ],
)  # fmt: skip
def test_a_conclusion_that_is_none_is_not_understood(body: dict[str, Any], served: Served) -> None:
    item = served.house.live("onc", "rad", "path")
    answer = served.browser("onc").post(f"/api/meetings/{item.meeting_id}/items/{item.id}/conclude", body)
    assert answer.status_code == 422, answer.text
    assert served.house.item(item.id).state == "presenting"


def test_a_list_is_paged_and_a_torn_cursor_begins_anew(served: Served) -> None:
    house = served.house
    for days in (20, 21, 22):
        starts = f"2026-12-{days}T07:00:00Z"
        post(served, "coordinator", f"/api/boards/{house.board.id}/meetings", {"starts_at": starts}, 201)
    page = get(served, "rad", "/api/meetings?limit=3")
    rest = get(served, "rad", f"/api/meetings?limit=3&cursor={page['next']}")
    assert (page["total"], len(page["items"]), len(rest["items"]), rest["next"]) == (4, 3, 1, None)
    assert len(get(served, "rad", "/api/meetings?limit=3&cursor=zzz")["items"]) == 3
    twice = served.browser("coordinator").post(
        f"/api/boards/{house.board.id}/meetings", {"starts_at": "2026-12-20T07:00:00Z"}
    )
    assert (twice.json or {})["code"] == "meeting.planned_already"


def test_every_member_of_the_panel_signs_in(served: Served) -> None:
    for login, _ in PANEL:
        assert get(served, login, "/api/meetings?mine=true")["total"] == 1
