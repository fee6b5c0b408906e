"""A host ends a room by mistake while its consultation or meeting goes on: only a host opens it again, and nobody once that is over."""

from __future__ import annotations

import pytest

from teleconsult import consult
from teleconsult.consult import queries
from teleconsult.consult.tables_rooms import RoomRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning
from teleconsult.records import journal
from tests.builders import Alliance
from tests.records.consulting import Desk, a_desk
from tests.records.desk import refused
from tests.records.meeting import a_board


@pytest.fixture
def desk(alliance: Alliance, clock: FixedClock) -> Desk:
    return a_desk(alliance, clock)


def asks_at_the_door(desk: Desk, login: str, room: str) -> consult.Door:
    actor = desk.who(login)
    with desk.alliance.system.read(actor) as work:
        return consult.door(work, actor, room)


def test_a_room_ended_while_its_consultation_goes_on_is_opened_again_by_a_host_alone(desk: Desk) -> None:
    _, room = desk.in_session()
    desk.does("expert", consult.close_room, room)
    doctor, expert = (asks_at_the_door(desk, login, room) for login in ("doctor_a", "expert"))
    assert (doctor.state, doctor.goes_on, doctor.reopens) == ("closed", True, False)
    assert (expert.state, expert.goes_on, expert.reopens) == ("closed", True, True)
    with refused("room.host_only", Meaning.FORBIDDEN):
        desk.does("doctor_a", consult.reopen, room)
    for _ in range(2):
        desk.does("expert", consult.reopen, room)
    assert desk.facts("room").count("RoomReopened") == 1
    for login in ("expert", "doctor_a"):
        assert desk.does(login, consult.admit, room).seat.state == "in"
    with desk.alliance.system.read() as work:
        found = work.session.get_one(RoomRow, room)
        assert (found.state, found.closed_at, found.look_at is not None) == ("open", None, True)


def cards(desk: Desk, login: str) -> dict[str, queries.DeskItem]:
    actor = desk.who(login)
    with desk.alliance.system.read(actor) as work:
        return {item.kind: item for item in queries.desk(work, actor)[0]}


def test_no_card_leads_to_a_shut_door(desk: Desk) -> None:
    key = desk.confirmed(60)
    room, page = desk.room_of(key), f"/consultations/{key}"
    for login in ("expert", "doctor_a"):
        card = cards(desk, login)["consultation_enter_early"]
        assert (card.verb, card.link) == ("look_consultation", page)
        assert card.params["opens_at"] == desk.ahead(minutes=50).isoformat()
        assert asks_at_the_door(desk, login, room).early
    desk.clock.advance(50 * 60)
    for login in ("expert", "doctor_a"):
        card = cards(desk, login)["consultation_enter"]
        assert (card.verb, card.link, card.params.get("opens_at")) == ("enter", f"/rooms/{room}", None)
        assert not asks_at_the_door(desk, login, room).early
        desk.does(login, consult.admit, room)
    desk.does("expert", consult.close_room, room)
    card = cards(desk, "doctor_a")["consultation_enter_closed"]
    assert (card.verb, card.link, card.params.get("opens_at")) == ("look_consultation", page, None)
    desk.does("expert", consult.reopen, room)
    assert cards(desk, "doctor_a")["consultation_enter"].link == f"/rooms/{room}"


def test_what_is_over_has_no_room_to_open_again(desk: Desk) -> None:
    key, room = desk.in_session()
    desk.does("coordinator", consult.cancel, key, "患者已离院")
    door = asks_at_the_door(desk, "doctor_a", room)
    assert (door.state, door.goes_on, door.reopens) == ("closed", False, False)


def test_a_stranger_at_the_door_learns_nothing_and_asking_there_is_no_visit(desk: Desk) -> None:
    _, room = desk.in_session()
    with refused("room.absent", Meaning.ABSENT):
        asks_at_the_door(desk, "doctor_b", room)
    assert "RoomRefused" not in desk.facts("room")


def test_who_was_shown_out_is_told_at_the_door_when_they_may_come_in_again(desk: Desk) -> None:
    _, room = desk.in_session()
    with desk.alliance.system.read() as work:
        seat = consult.seat_of(work, room, desk.who("doctor_a").id)
    assert seat is not None
    desk.does("expert", consult.remove, room, seat.id)
    assert asks_at_the_door(desk, "doctor_a", room).removed
    desk.does("expert", consult.let_in, room, seat.id)
    assert not asks_at_the_door(desk, "doctor_a", room).removed
    assert desk.facts("room").count("RoomRefused") == 0
    with desk.alliance.system.read() as work:
        told = {fact.name: fact.details for fact in journal.facts_after(work, 0, 5000)}
    assert told["SeatRemoved"]["whom"] == told["SeatLetIn"]["whom"] == seat.name, "the timeline says whom"


def test_whoever_becomes_the_presenter_has_been_heard_and_the_hand_goes_down(desk: Desk) -> None:
    _, room = desk.in_session()
    desk.does("doctor_a", consult.raise_hand, room, True)
    with desk.alliance.system.read() as work:
        seat = consult.seat_of(work, room, desk.who("doctor_a").id)
    assert seat is not None
    desk.does("expert", consult.present, room, seat.id)
    with desk.alliance.system.read() as work:
        seat = consult.seat_of(work, room, desk.who("doctor_a").id)
        assert seat is not None
        assert seat.hand_at is None


def test_the_room_of_a_meeting_in_session_is_opened_again_by_its_chair_until_the_meeting_is_over(
    alliance: Alliance, clock: FixedClock
) -> None:
    house = a_board(alliance, clock)
    house.concluded()
    room = str(house.meeting().room_id)
    assert "meeting_enter" in house.desk("rad")
    house.does("onc", consult.close_room, room)
    closed = next(one for one in house.asks("rad", queries.desk)[0] if one.kind == "meeting_enter_closed")
    assert (closed.verb, closed.link) == ("look_meeting", f"/meetings/{house.meeting().id}")
    assert house.asks("onc", consult.door, room).reopens
    assert not house.asks("rad", consult.door, room).reopens
    with refused("room.host_only", Meaning.FORBIDDEN):
        house.does("rad", consult.reopen, room)
    house.does("onc", consult.reopen, room)
    assert house.enters("rad").seat.state == "in"
    house.does("onc", consult.meetings.finish, house.meeting().id, "时间到")
    with refused("room.over", Meaning.CONFLICT):
        house.does("onc", consult.reopen, room)
