"""Consultations, experts, rooms and the desk over HTTP: the whole way as the screens ask for it, and what is sent by whoever means harm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from teleconsult import consult, vault
from tests.records.consulting import OPINION, QUESTION, SUMMARY
from tests.web.conftest import PASSWORD, Browser
from tests.web.consulting import AT, Clinic, a_clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with a_clinic(tmp_path / "home") as clinic:
        yield clinic


def asked(clinic: Clinic, browser: Browser) -> dict[str, Any]:
    """A request as a county doctor's page writes it."""
    desk = clinic.desk
    body = {"case_id": desk.case_id, "centre_site_id": desk.sites["city"], "study_ids": desk.study_ids[:1]}
    answer = browser.post("/api/consultations", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json or {}
    words = {"question": QUESTION, "summary": SUMMARY, "wanted_specialty": "respiratory", "version": made["version"]}
    saved = browser.put(f"/api/consultations/{made['id']}", words)
    assert saved.status_code == 200, saved.text
    return {**made, "version": (saved.json or {})["version"]}


def done(browser: Browser, key: str, verb: str, body: object = None) -> dict[str, Any]:
    answer = browser.post(f"/api/consultations/{key}/{verb}", body if body is not None else {})
    assert answer.status_code == 200, (verb, answer.text)
    found: dict[str, Any] = answer.json or {}
    return found


def test_a_county_asks_an_expert_answers_in_a_room_and_the_county_adopts(clinic: Clinic) -> None:
    doctor, centre, expert = (clinic.browser(login) for login in ("doctor_a", "coordinator", "expert"))
    made = asked(clinic, doctor)
    key = made["id"]
    view = done(doctor, key, "submit", {"version": made["version"]})
    assert (view["state"], view["completeness"], view["missing"]) == ("submitted", 75, ["consent", "record"])
    assert [one["kind"] for one in (centre.get("/api/desk").json or {})["items"]] == ["consultation_triage"]
    done(centre, key, "ask_supplement", {"text": "请补充病史"})
    done(doctor, key, "supplement", {"text": "已补充", "study_ids": clinic.desk.study_ids})
    done(centre, key, "accept")
    found = (centre.get("/api/experts?specialty=respiratory&q=zhuanjiajia").json or {})["items"]
    assert [one["name"] for one in found] == ["测试专家甲"]
    starts = (AT + timedelta(minutes=30)).isoformat()
    view = done(centre, key, "assign", {"expert_id": found[0]["person_id"], "starts_at": starts, "minutes": 30})
    assert view["verbs"] == ["assign", "schedule", "cancel"]
    for browser in (doctor, expert):
        done(browser, key, "confirm")
    clinic.desk.clock.advance(21 * 60)
    room = f"/api/rooms/{view['room_id']}"
    for browser in (doctor, expert):
        admission = browser.post(f"{room}/admit", {}).json or {}
        assert (admission["waiting"], admission["ticket"], admission["media_reason"]) == (False, None, "media.off")
    shown = doctor.get(room).json or {}
    assert (shown["state"], shown["number"], shown["patient"]["name"]) == ("open", view["number"], "测试1")
    assert sorted((one["role"], one["state"]) for one in shown["seats"]) == [("host", "in"), ("member", "in")]
    assert [one["study_id"] for one in shown["studies"]] == clinic.desk.study_ids
    version = (expert.get(f"/api/consultations/{key}").json or {})["version"]
    view = done(expert, key, "write_opinion", {**OPINION, "version": version})
    assert (
        expert.post(f"/api/consultations/{key}/sign", {"password": "wrong", "version": view["version"]}).status_code
        == 403
    )
    view = done(expert, key, "sign", {"password": PASSWORD, "version": view["version"]})
    assert (view["state"], view["paper_id"] is not None) == ("signed", True)
    done(doctor, key, "feedback", {"adoption": "partly", "reason": "家属要求先观察", "rating": 5})
    done(expert, key, "rate_request", {"rating": 4})
    assert done(doctor, key, "close")["state"] == "closed"
    page = doctor.get("/api/consultations?state=closed").json or {}
    assert [one["id"] for one in page["items"]] == [key]


def test_whoever_gives_a_consultation_away_is_told_so_and_sees_it_no_longer(clinic: Clinic) -> None:
    doctor, centre, expert = (clinic.browser(login) for login in ("doctor_a", "coordinator", "expert"))
    made = asked(clinic, doctor)
    key = made["id"]
    done(doctor, key, "submit", {"version": made["version"]})
    done(centre, key, "accept")
    found = (centre.get("/api/experts?q=zhuanjiajia").json or {})["items"]
    done(centre, key, "assign", {"expert_id": found[0]["person_id"]})
    assert expert.post(f"/api/consultations/{key}/decline_time", {"reason": "出差"}).status_code == 204
    assert expert.get(f"/api/consultations/{key}").status_code == 404
    view = centre.get(f"/api/consultations/{key}").json or {}
    assert (view["state"], view["decline_reason"], view["expert"]) == ("accepted", "出差", None)

    made = asked(clinic, doctor)
    done(doctor, made["id"], "submit", {"version": made["version"]})
    words = {"centre_site_id": clinic.desk.sites["county_b"], "reason": "无此专科"}
    assert centre.post(f"/api/consultations/{made['id']}/route", words).status_code in (200, 204)
    view = doctor.get(f"/api/consultations/{made['id']}").json or {}
    assert (view["state"], view["centre_site"]["id"]) == ("submitted", words["centre_site_id"])


def test_a_stranger_with_the_rooms_link_is_refused_and_the_journal_says_so(clinic: Clinic) -> None:
    _, room = clinic.session("expert", "doctor_a")
    stranger = clinic.browser("doctor_b")
    for answer in (stranger.get(f"/api/rooms/{room}"), stranger.post(f"/api/rooms/{room}/admit", {})):
        assert (answer.status_code, (answer.json or {})["code"]) == (404, "room.absent")
    audited = clinic.browser("auditor").get("/api/audit/facts?name=RoomRefused").json or {}
    assert [one["actor"] for one in audited["items"]] == ["测试县医生乙"]


def test_who_waits_sees_neither_words_nor_studies(clinic: Clinic) -> None:
    _, room = clinic.session("expert", "doctor_a")
    clinic.browser("doctor_a").post(f"/api/rooms/{room}/chat", {"text": "患者在旁"})
    guest = clinic.browser("coordinator")
    assert (guest.post(f"/api/rooms/{room}/admit", {}).json or {})["waiting"] is True
    waiting = guest.get(f"/api/rooms/{room}").json or {}
    assert (waiting["chat"], waiting["marks"], waiting["studies"], waiting["files"], waiting["summary"]) == (
        [],
        [],
        [],
        [],
        "",
    )
    mine = waiting["my_seat_id"]
    assert clinic.browser("expert").post(f"/api/rooms/{room}/let_in", {"seat": mine}).status_code == 200
    inside = guest.get(f"/api/rooms/{room}").json or {}
    assert [one["text"] for one in inside["chat"]] == ["患者在旁"]


def test_recording_without_a_media_node_is_refused_and_leaves_nothing_on(clinic: Clinic) -> None:
    _, room = clinic.session("expert")
    answer = clinic.browser("expert").post(f"/api/rooms/{room}/recording", {"on": True})
    assert (answer.status_code, (answer.json or {})["code"]) == (503, "media.off")
    assert ((clinic.browser("expert").get(f"/api/rooms/{room}").json or {})["recording"])["state"] == "off"


def test_trying_ones_camera_needs_no_room(clinic: Clinic) -> None:
    answer = clinic.browser("doctor_t").post("/api/call-test", {})
    assert (answer.status_code, (answer.json or {})["media_reason"]) == (200, "media.off")


HUGE, DEEP = "字" * 4001, "[" * 5000
HOSTILE: tuple[tuple[str, str, Any], ...] = (
    ("POST", "consultations", {"case_id": "{case}", "question": HUGE}),
    ("POST", "consultations", {"case_id": "{case}", "urgency": "at once"}),
    ("POST", "consultations", {"case_id": "{case}", "study_ids": ["x"] * 51}),
    ("POST", "consultations", {"case_id": "{case}", "study_ids": ["' OR 1=1 --"]}),
    ("POST", "consultations", {"case_id": "{case}", "question": "a\0b"}),
    ("POST", "consultations", {"case_id": "{case}", "state": "signed"}),
    ("POST", "consultations", {"case_id": "{case}", "requester_id": "x"}),
    ("POST", "consultations", {"case_id": {"$ne": None}}),
    ("PUT", "consultations/{key}", {"version": "1; DROP TABLE consultations"}),
    ("POST", "consultations/{key}/cancel", {"reason": HUGE}),
    ("POST", "consultations/{key}/feedback", {"adoption": "loved it"}),
    ("POST", "consultations/{key}/rate_request", {"rating": 6}),
    ("POST", "rooms/{room}/chat", {"text": HUGE}),
    ("POST", "rooms/{room}/chat", {"text": ["not", "a", "text"]}),
    ("POST", "rooms/{room}/marks", {"study_id": "{study}", "series_uid": "1", "sop_uid": "1", "kind": "arrow", "points": [[1e308, 2], [3, 4]]}),
    ("POST", "rooms/{room}/marks", {"study_id": "{study}", "series_uid": "1", "sop_uid": "1", "kind": "arrow", "points": [[1, 2, 3]]}),
    ("POST", "rooms/{room}/marks", {"study_id": "{study}", "series_uid": "1", "sop_uid": "<b>", "kind": "arrow", "points": [[1, 2], [3, 4]]}),
    ("POST", "rooms/{room}/hand", {"up": "maybe"}),
    ("PUT", "experts/me", {"hours": {"mon": [["25:00", "26:00"]]}}),
    ("PUT", "experts/me", {"hours": {"mon": [["08:00"]]}}),
    ("PUT", "experts/me", {"most_open": 1 << 40}),
)  # fmt: skip


def test_what_is_no_request_is_refused_and_changes_nothing(clinic: Clinic) -> None:
    key, room = clinic.session("expert", "doctor_a")
    words = {"{case}": clinic.desk.case_id, "{key}": key, "{room}": room, "{study}": clinic.desk.study_ids[0]}
    browsers = {login: clinic.browser(login) for login in ("doctor_a", "expert")}
    before = clinic.desk.facts("consultation", "room", "expert")
    for method, path, body in HOSTILE:
        for name, value in words.items():
            path = path.replace(name, value)
        given = {k: words.get(v, v) if isinstance(v, str) else v for k, v in body.items()}
        browser = browsers["expert" if path.startswith("experts") else "doctor_a"]
        answer = browser.client.open(f"/api/{path}", method=method, json=given, headers={"X-CSRF-Token": browser.csrf})
        assert answer.status_code in (403, 404, 409, 422), (path, body, answer.status_code, answer.text)
        assert answer.mimetype == "application/problem+json"
    headers = {"X-CSRF-Token": browsers["doctor_a"].csrf, "Content-Type": "application/json"}
    deep = browsers["doctor_a"].client.post("/api/consultations", data=DEEP, headers=headers)
    assert deep.status_code in (400, 422)
    assert clinic.desk.facts("consultation", "room", "expert") == before


def test_lists_take_any_words_and_answer_in_peace(clinic: Clinic) -> None:
    clinic.desk.submitted()
    doctor = clinic.browser("doctor_a")
    for query in (
        "q=%25",
        "q=_",
        "q='; DROP TABLE rooms",
        "state=everything",
        "cursor=zzz",
        "q=" + "字" * 100,
        "case=x",
    ):
        assert doctor.get(f"/api/consultations?{query}").status_code == 200, query
    for query in ("limit=0", "limit=1000", "side=both", "q=" + "字" * 101, "mine=maybe"):
        assert doctor.get(f"/api/consultations?{query}").status_code == 422, query
    assert doctor.get("/api/consultations?q=%25").json == {
        **(doctor.get("/api/consultations?q=%25").json or {}),
        "items": [],
    }


def test_a_kept_recording_is_played_to_who_was_of_the_room_and_that_is_written_down(
    clinic: Clinic, tmp_path: Path
) -> None:
    _, room = clinic.session("expert")
    desk, system = clinic.desk, clinic.desk.alliance.system
    asked = desk.does("expert", consult.ask, room)
    desk.does("expert", consult.begun, room, asked.recording_id)
    file, sound = tmp_path / "recording", b"\x1aE\xdf\xa3" + bytes(5000)
    writer = vault.Writer(file, asked.recording_id, system.keys.recordings)
    writer.note(
        {
            "track": 1,
            "kind": "audio",
            "seat": "s",
            "name": "测试专家甲",
            "site": "示例市医院",
            "label": "mic",
            "at": 0.5,
        }
    )
    writer.write(1, sound)
    writer.note({"seconds": 12.4}, last=True)
    writer.close()
    system.blobs.put(f"recordings/{asked.recording_id}", file.read_bytes())
    assert clinic.browser("expert").post(f"/api/rooms/{room}/recording", {"on": False}).json == {
        "id": None,
        "state": "off",
    }
    own = f"/api/rooms/{room}/recordings/{asked.recording_id}"
    shown = clinic.browser("doctor_a").get(own).json or {}
    assert (shown["seconds"], shown["complete"], [one["name"] for one in shown["tracks"]]) == (12, True, ["测试专家甲"])
    played = clinic.browser("doctor_a").get(f"{own}/tracks/1", buffered=True)
    assert (played.data, played.mimetype) == (sound, "audio/webm")
    assert clinic.browser("doctor_a").get(f"{own}/tracks/9", buffered=True).status_code == 404
    assert clinic.browser("doctor_b").get(own).status_code == 404
    assert desk.facts("room")[-3:] == ["RecordingPlayed", "RecordingPlayed", "RecordingPlayed"]
    assert sound[4:] not in file.read_bytes(), "encrypted at rest"
