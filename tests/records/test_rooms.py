"""Rooms in a real database: who comes in, who waits, who is refused and written down; chat, marks, consent; what time does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from teleconsult import consult
from teleconsult.access import SYSTEM, Grant, Role, Thing, actor_by_login, set_grants
from teleconsult.access.permit import permits
from teleconsult.access.shares import Share, case_shares_of
from teleconsult.consult.lifecycle_room import INVITED
from teleconsult.consult.tables_rooms import MarkRow, RecordingRow, RoomRow, SeatRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.records import journal
from tests.builders import Alliance
from tests.records.consulting import Desk, a_desk
from tests.records.desk import refused


@pytest.fixture
def desk(alliance: Alliance, clock: FixedClock) -> Desk:
    return a_desk(alliance, clock)


def seat(desk: Desk, room: str, login: str) -> SeatRow | None:
    with desk.alliance.system.read() as work:
        return consult.seat_of(work, room, desk.who(login).id)


def the_room(desk: Desk, room: str) -> RoomRow:
    with desk.alliance.system.read() as work:
        return work.session.get_one(RoomRow, room)


def seat_id(desk: Desk, room: str, login: str) -> str:
    found = seat(desk, room, login)
    assert found is not None
    return found.id


# ---------------------------------------------------------------- the door


def test_a_room_opens_ten_minutes_before_its_time_and_not_earlier(desk: Desk) -> None:
    key = desk.confirmed(60)
    room = desk.room_of(key)
    desk.clock.advance(50 * 60 - 1)
    with refused("room.not_open"):
        desk.does("expert", consult.admit, room)
    desk.clock.advance(1)
    admission = desk.does("expert", consult.admit, room)
    assert (admission.seat.state, admission.seat.role, the_room(desk, room).state) == ("in", "host", "open")
    ticket = admission.ticket
    assert (ticket.room_id, ticket.seat_id, ticket.person_id, ticket.host) == (
        room,
        admission.seat.id,
        desk.who("expert").id,
        True,
    )
    assert (ticket.site, ticket.title) == ("示例市医院", "chief")
    assert ticket.expires_at == desk.ahead(seconds=60)


def test_the_same_person_again_has_the_same_seat_and_a_fresh_ticket(desk: Desk) -> None:
    _, room = desk.in_session()
    first, again = desk.does("expert", consult.admit, room), desk.does("expert", consult.admit, room)
    assert first.seat.id == again.seat.id
    assert first.ticket.jti != again.ticket.jti
    assert desk.facts("room").count("SeatEntered") == 1, "nothing has changed for anybody"


def test_a_person_of_another_site_with_the_rooms_link_is_refused_and_written_down(desk: Desk) -> None:
    _, room = desk.in_session()
    for login in ("doctor_b", "expert2", "reader", "administrator", "auditor", "technician_a"):
        outcome = desk.does(login, consult.admit, room)
        assert isinstance(outcome, Refused), login
        assert (outcome.code, outcome.meaning) == ("room.absent", Meaning.ABSENT)
        desk.does(login, consult.admit, room)
        assert seat(desk, room, login) is None
    with desk.alliance.system.read() as work:
        written = [fact for fact in journal.facts_after(work, 0, 5000) if fact.name == "RoomRefused"]
    assert len(written) == 6, "each once a minute"
    assert {fact.actor_id for fact in written} >= {desk.who("doctor_b").id}
    assert all(fact.subject_id == room and fact.case_id == desk.case_id for fact in written)


def test_a_colleague_waits_until_a_host_opens_the_door(desk: Desk) -> None:
    _, room = desk.in_session()
    admission = desk.does("coordinator", consult.admit, room)
    assert (admission.waiting, admission.ticket, admission.seat.state) == (True, None, "waiting")
    with refused("room.host_only", Meaning.FORBIDDEN):
        desk.does("doctor_a", consult.let_in, room, admission.seat.id)
    with refused("room.not_in", Meaning.FORBIDDEN):
        desk.does("coordinator", consult.chat, room, "我可以进来吗")
    desk.does("expert", consult.let_in, room, admission.seat.id)
    assert not desk.does("coordinator", consult.admit, room).waiting
    desk.does("coordinator", consult.chat, room, "大家好")


def test_who_was_removed_stays_out_until_a_host_forgives(desk: Desk) -> None:
    _, room = desk.in_session()
    mine, hosts = seat_id(desk, room, "doctor_a"), seat_id(desk, room, "expert")
    with refused("room.host_only", Meaning.FORBIDDEN):
        desk.does("doctor_a", consult.remove, room, hosts)
    desk.does("expert", consult.remove, room, mine)
    assert desk.does("doctor_a", consult.admit, room).code == "room.removed"
    with refused("room.removed", Meaning.FORBIDDEN):
        desk.does("doctor_a", consult.chat, room, "为什么")
    desk.does("expert", consult.let_in, room, mine)
    assert not desk.does("doctor_a", consult.admit, room).waiting
    with refused("seat.absent", Meaning.ABSENT):
        desk.does("expert", consult.remove, room, "0" * 32)


def test_a_seat_of_another_room_is_absent(desk: Desk) -> None:
    _, room = desk.in_session()
    _, other = desk.alliance, desk.confirmed(120)
    foreign = seat_id(desk, desk.room_of(other), "doctor_a")
    with refused("seat.absent", Meaning.ABSENT):
        desk.does("expert", consult.present, room, foreign)


ROLES = st.sampled_from(
    [Role.EXPERT, Role.COUNTY_DOCTOR, Role.COORDINATOR, Role.RADIOLOGIST, Role.TECHNOLOGIST, Role.AUDITOR]
)
STEPS = st.sampled_from(["none", "invited_elsewhere", "removed", "cancelled"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(role=ROLES, site=st.sampled_from(["city", "county_a", "county_b", "township"]), step=STEPS)
def test_whoever_is_permitted_is_of_the_room_and_nobody_else(desk: Desk, role: Role, site: str, step: str) -> None:
    """The door, the page and the socket ask the same question; its answer is what rights and invitations say."""
    key, room = _a_room_for_anybody(desk)
    subject = _somebody(desk, role, site)
    if step == "removed":
        desk.does("coordinator", consult.admit, room)
        desk.does("expert", consult.admit, room)
        desk.does("expert", consult.remove, room, seat_id(desk, room, "coordinator"))
        subject = "coordinator"
    elif step == "invited_elsewhere":
        desk.does("coordinator", consult.assign, desk.accepted(urgency="urgent"), desk.who("expert2").id)
        subject = "expert2"
    elif step == "cancelled":
        desk.does("doctor_a", consult.cancel, key, "不需要了")
    expected = _expected(desk, room, subject)
    door = _says(lambda: desk.does(subject, consult.admit, room))
    page = _says(lambda: desk.does(subject, consult.see_room, room))
    assert page == expected
    assert door in ((expected, "room.closed") if expected == "in" else (expected,))


def _a_room_for_anybody(desk: Desk) -> tuple[str, str]:
    key = desk.confirmed(11, urgency="urgent")
    desk.clock.advance(60)
    room = desk.room_of(key)
    desk.does("expert", consult.admit, room)
    desk.does("expert", consult.leave, room)
    desk.does("expert", consult.describe, desk.who("expert").id, {"most_open": 100})
    desk.clock.advance(2 * 3600)  # so that the expert is free again for the next example
    return key, room


def _somebody(desk: Desk, role: Role, site: str) -> str:
    with desk.alliance.system.work() as work:
        scope = desk.sites[site]
        set_grants(work, SYSTEM, desk.who("doctor_t").id, [Grant(role, scope)])
        desk.alliance.people["doctor_t"] = actor_by_login(work, "doctor_t")
    return "doctor_t"


def _expected(desk: Desk, room: str, login: str) -> str:
    """From the tables of rights alone."""
    actor, row, mine = desk.who(login), the_room(desk, room), seat(desk, room, login)
    with desk.alliance.system.read() as work:
        sees = permits(actor, "case.see", Thing(shares=case_shares_of(work, desk.case_id), case_id=desk.case_id))
    if not sees:
        return "room.absent"
    if mine is not None and mine.state == "removed":
        return "room.removed"
    invited = mine is not None and mine.role in INVITED
    knocks = any(
        permits(actor, "room.enter", Thing(shares=[Share(site, why)], case_id=desk.case_id)) for site, why in row.guests
    )
    return "in" if invited or knocks else "room.absent"


def _says(act: Callable[[], Any]) -> str:
    try:
        outcome = act()
    except Refused as refusal:
        return refusal.code
    return outcome.code if isinstance(outcome, Refused) else "in"


# ---------------------------------------------------------------- the verbs of the house


def test_the_token_is_the_first_invited_ones_and_goes_on_by_hand(desk: Desk) -> None:
    _, room = desk.in_session()
    host, doctor = seat_id(desk, room, "expert"), seat_id(desk, room, "doctor_a")
    assert the_room(desk, room).presenter_seat_id == host
    with refused("room.not_presenter", Meaning.FORBIDDEN):
        desk.does("doctor_a", consult.present, room, doctor)
    desk.does("expert", consult.present, room, doctor)
    desk.does("doctor_a", consult.leave, room)
    assert the_room(desk, room).presenter_seat_id is None, "the token does not leave with its holder"
    desk.does("expert", consult.present, room, host)
    assert desk.facts("room").count("PresenterChanged") == 2


def test_hands_chat_and_marks_are_facts_and_count_the_rooms_version(desk: Desk) -> None:
    _, room = desk.in_session()
    before = the_room(desk, room).version
    desk.does("doctor_a", consult.raise_hand, room, True)
    desk.does("doctor_a", consult.raise_hand, room, True)
    desk.does("doctor_a", consult.chat, room, " 请看右上肺 ")
    mark = desk.does(
        "doctor_a", consult.draw, room, desk.study_ids[0], "1.2.3", "1.2.3.4", 1, "arrow", [[1, 2], [30.5, 40]], "结节"
    )
    assert the_room(desk, room).version == before + 3
    assert desk.facts("room")[-3:] == ["HandRaised", "ChatWritten", "MarkDrawn"]
    with desk.alliance.system.read() as work:
        room_row, _ = consult.see_room(work, desk.who("expert"), room)
        shown = consult.queries.room(work, room_row, whole=True)
        on_the_case = [fact.name for fact in journal.facts_after(work, 0, 5000) if fact.case_id == desk.case_id]
    assert [line.text for line in shown.chat] == ["请看右上肺"]
    assert [(one.id, one.points) for one in shown.marks] == [(mark.id, [[1.0, 2.0], [30.5, 40.0]])]
    assert {"ChatWritten", "MarkDrawn", "HandRaised"}.isdisjoint(on_the_case), "the case's timeline is not their place"
    assert {"RoomOpened", "SeatEntered"} <= set(on_the_case)


def test_a_line_that_is_sent_again_is_written_once_and_lines_stand_in_the_order_they_came(desk: Desk) -> None:
    _, room = desk.in_session()
    ids = ["f" * 32, "0" * 32]
    for line_id, text in zip(ids, ("先写的", "后写的"), strict=True):
        for _ in range(2):
            assert desk.does("doctor_a", consult.chat, room, text, line_id).id == line_id
        desk.clock.advance(1)
    assert desk.facts("room").count("ChatWritten") == 2
    for wrong in ("F" * 32, "0" * 31, "nothing"):
        with refused("chat.id", Meaning.INVALID):
            desk.does("doctor_a", consult.chat, room, "又一句", wrong)
    for who, text in (("expert", "先写的"), ("doctor_a", "改过的")):
        with refused("chat.id", Meaning.INVALID):
            desk.does(who, consult.chat, room, text, ids[0])
    with desk.alliance.system.read() as work:
        row, _ = consult.see_room(work, desk.who("expert"), room)
        assert [line.text for line in consult.queries.room(work, row, whole=True).chat] == ["先写的", "后写的"]


def test_marks_are_taken_away_by_their_author_the_presenter_or_a_host(desk: Desk) -> None:
    _, room = desk.in_session()
    place = (room, desk.study_ids[0], "1.2.3", "1.2.3.4", 1, "length", [[1, 2], [3, 4]])
    own, hosts = desk.does("doctor_a", consult.draw, *place), desk.does("expert", consult.draw, *place)
    with refused("mark.of_another", Meaning.FORBIDDEN):
        desk.does("doctor_a", consult.erase, room, hosts.id)
    desk.does("doctor_a", consult.erase, room, own.id)
    desk.does("expert", consult.erase, room, own.id)
    with desk.alliance.system.read() as work:
        removed = {row.id: row.removed_at is not None for row in work.session.scalars(select(MarkRow))}
    assert removed == {own.id: True, hosts.id: False}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"study": "0" * 32}, "mark.place"), ({"series": "1.2; DROP"}, "mark.place"), ({"sop": ""}, "mark.place"), ({"sop": "1" * 65}, "mark.place"),
        ({"frame": 0}, "mark.place"), ({"kind": "laser"}, "mark.kind"), ({"points": [[1, 2]]}, "mark.points"),
        ({"points": [[1, float("nan")], [1, 2]]}, "mark.points"), ({"text": "字" * 201}, "field.text"), ({"kind": "text", "text": " "}, "field.empty"),
    ],
)  # fmt: skip
def test_a_mark_that_is_none_is_refused(desk: Desk, changes: dict[str, Any], code: str) -> None:
    _, room = desk.in_session()
    given: dict[str, Any] = {
        "study": desk.study_ids[0],
        "series": "1.2",
        "sop": "1.2.3",
        "frame": 1,
        "kind": "arrow",
        "points": [[1, 2], [3, 4]],
        "text": "",
    }
    with refused(code, Meaning.INVALID):
        desk.does("expert", consult.draw, room, *{**given, **changes}.values())


def test_a_study_that_the_consultation_is_not_about_takes_no_marks(desk: Desk) -> None:
    _, room = desk.in_session()
    with refused("mark.place", Meaning.INVALID):
        desk.does("expert", consult.draw, room, desk.study_ids[1], "1.2", "1.2.3", 1, "arrow", [[1, 2], [3, 4]])


@pytest.mark.parametrize(("text", "code"), [("", "field.empty"), ("  ", "field.empty"), ("字" * 2001, "field.text")])
def test_a_line_of_chat_says_something_and_not_a_book(desk: Desk, text: str, code: str) -> None:
    _, room = desk.in_session()
    with refused(code, Meaning.INVALID):
        desk.does("expert", consult.chat, room, text)


# ---------------------------------------------------------------- presence


def test_a_vanished_page_leaves_its_seat_within_fifteen_seconds_and_its_time_is_counted(desk: Desk) -> None:
    _, room = desk.in_session()
    desk.sweep(seconds=20)
    with desk.alliance.system.work() as work:
        consult.renew(work, room, [desk.who("expert").id, desk.who("doctor_a").id], work.now + consult.PRESENT)
    desk.sweep(seconds=11)
    with desk.alliance.system.work() as work:
        consult.renew(work, room, [desk.who("expert").id], work.now + consult.PRESENT)
    desk.sweep(seconds=4)
    vanished, there = seat(desk, room, "doctor_a"), seat(desk, room, "expert")
    assert vanished is not None
    assert there is not None
    assert (vanished.state, vanished.attended_seconds, there.state) == ("out", 35, "in")
    assert desk.facts("room")[-1] == "SeatLeft"


def test_a_seat_that_was_left_is_not_kept_by_a_late_sign_of_life(desk: Desk) -> None:
    _, room = desk.in_session()
    desk.does("doctor_a", consult.leave, room)
    with desk.alliance.system.work() as work:
        consult.renew(work, room, [desk.who("doctor_a").id], work.now + timedelta(hours=1))
    found = seat(desk, room, "doctor_a")
    assert found is not None
    assert (found.state, found.present_until) == ("out", None)


def test_a_room_that_nobody_closes_is_closed_after_twelve_hours(desk: Desk) -> None:
    _, room = desk.in_session()
    desk.sweep(hours=12)
    assert the_room(desk, room).state == "closed"


def test_a_host_closes_the_room_for_all_once(desk: Desk) -> None:
    _, room = desk.in_session()
    with refused("room.host_only", Meaning.FORBIDDEN):
        desk.does("doctor_a", consult.close_room, room)
    desk.does("expert", consult.close_room, room)
    with refused("room.closed"):
        desk.does("expert", consult.close_room, room)
    with refused("room.closed"):
        desk.does("doctor_a", consult.admit, room)
    with refused("room.closed"):
        desk.does("doctor_a", consult.chat, room, "再见")
    desk.does("doctor_a", consult.leave, room)
    assert desk.facts("room").count("RoomClosed") == 1


# ---------------------------------------------------------------- consent and recording


def test_recording_begins_when_all_agree_and_ends_when_one_does_not(desk: Desk) -> None:
    _, room = desk.in_session()
    with refused("room.host_only", Meaning.FORBIDDEN):
        desk.does("doctor_a", consult.ask, room)
    with refused("room.not_recorded"):
        desk.does("doctor_a", consult.consent, room, True)
    asked = desk.does("expert", consult.ask, room)
    assert (asked.ready, the_room(desk, room).recording) == (False, "asking")
    with refused("room.consent_missing"):
        desk.does("expert", consult.begun, room, asked.recording_id)
    agreed = desk.does("doctor_a", consult.consent, room, True)
    assert (agreed.ready, agreed.recording_id) == (True, asked.recording_id)
    desk.does("doctor_a", consult.begun, room, asked.recording_id)  # whoever agreed last is who told the node
    assert the_room(desk, room).recording == "on"
    with desk.alliance.system.read() as work:
        started = [fact for fact in journal.facts_after(work, 0, 5000) if fact.name == "RecordingStarted"]
    assert [fact.actor_id for fact in started] == [desk.who("expert").id], "who asked has begun it"
    assert started[0].details["consented"] == sorted([desk.who("expert").id, desk.who("doctor_a").id])
    refusing = desk.does("doctor_a", consult.consent, room, False)
    assert refusing.stop
    with desk.alliance.system.work() as work:
        consult.kept(work, room, asked.recording_id, "recordings/x", 1000, 12)
        consult.kept(work, room, asked.recording_id, "recordings/x", 1000, 12)
    assert the_room(desk, room).recording == "off"
    assert desk.facts("room").count("RecordingKept") == 1
    row = desk.does("doctor_a", consult.playable, room, asked.recording_id)
    assert (row.seconds, len(row.consents)) == (12, 2)
    assert desk.facts("room")[-1] == "RecordingPlayed"


def test_a_no_before_it_began_ends_the_asking(desk: Desk) -> None:
    _, room = desk.in_session()
    asked = desk.does("expert", consult.ask, room)
    desk.does("doctor_a", consult.consent, room, False)
    assert the_room(desk, room).recording == "off"
    with desk.alliance.system.read() as work:
        assert work.session.get_one(RecordingRow, asked.recording_id).state == "failed"
    with refused("recording.absent", Meaning.ABSENT):
        desk.does("expert", consult.playable, room, asked.recording_id)


def test_whoever_comes_into_a_recorded_room_agrees_first(desk: Desk) -> None:
    _, room = desk.open_room()
    desk.does("expert", consult.admit, room)
    asked = desk.does("expert", consult.ask, room)
    assert asked.ready, "alone in the room"
    desk.does("expert", consult.begun, room, asked.recording_id)
    with refused("room.recorded"):
        desk.does("doctor_a", consult.admit, room)
    assert not desk.does("doctor_a", consult.admit, room, consent=True).waiting


def test_an_empty_room_records_nothing(desk: Desk) -> None:
    _, room = desk.open_room()
    desk.does("expert", consult.admit, room)
    asked = desk.does("expert", consult.ask, room)
    desk.does("expert", consult.begun, room, asked.recording_id)
    desk.does("expert", consult.leave, room)
    assert the_room(desk, room).recording == "off"
    assert desk.facts("room")[-1] == "RecordingStopped"
    with desk.alliance.system.work() as work:
        consult.kept(work, room, asked.recording_id, "recordings/x", 10, 1)
        assert work.session.get_one(RecordingRow, asked.recording_id).state == "done"


def test_the_end_of_a_room_is_the_end_of_its_recording(desk: Desk) -> None:
    key, room = desk.open_room()
    desk.does("expert", consult.admit, room)
    asked = desk.does("expert", consult.ask, room)
    desk.does("expert", consult.begun, room, asked.recording_id)
    desk.does("doctor_a", consult.cancel, key, "患者转院")
    with desk.alliance.system.work() as work:
        closed = [fact for fact in journal.facts_after(work, 0, 5000) if fact.name == "RoomClosed"][-1]
        assert closed.details["recording_id"] == asked.recording_id
        consult.kept(work, room, asked.recording_id, "recordings/x", 10, 1)
    assert the_room(desk, room).state == "closed"
