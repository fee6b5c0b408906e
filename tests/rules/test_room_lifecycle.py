"""Rooms and seats: their tables and the rules of the house. No database."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.consult import lifecycle_room
from teleconsult.consult.lifecycle_room import GUEST, HOST, IN, MARKS, MEMBER, OUT, REMOVED, ROOM, SEAT, WAITING
from teleconsult.kernel.errors import Meaning, Refused

AT = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Room:
    state: str = "waiting"
    opens_at: datetime = AT
    presenter_seat_id: str | None = None


@dataclass(frozen=True)
class Seat:
    id: str = "甲"
    state: str = OUT
    role: str = MEMBER
    joined_at: datetime | None = None
    left_at: datetime | None = None
    hand_at: datetime | None = None
    present_until: datetime | None = None
    attended_seconds: int = 0
    let_in_at: datetime | None = None
    held_at: datetime | None = None

    def after(self, changes: lifecycle_room.Changes) -> Seat:
        return replace(self, **changes)


def refusal(code: str, meaning: Meaning) -> Any:
    return pytest.raises(Refused, check=lambda error: error.code == code and error.meaning is meaning)


def test_the_door_is_shut_before_the_time_and_after_the_end() -> None:
    lifecycle_room.open_for_entry(Room(), AT)
    with refusal("room.not_open", Meaning.CONFLICT) as caught:
        lifecycle_room.open_for_entry(Room(), AT - timedelta(seconds=1))
    assert caught.value.params == {"opens_at": AT.isoformat()}
    with refusal("room.closed", Meaning.CONFLICT):
        lifecycle_room.open_for_entry(Room("closed"), AT)


def test_invited_ones_walk_in_and_guests_wait() -> None:
    for role in (HOST, MEMBER):
        assert lifecycle_room.enter(Seat(role=role), AT)["state"] == IN
    waits = Seat(role=GUEST).after(lifecycle_room.enter(Seat(role=GUEST), AT))
    assert (waits.state, waits.joined_at) == (WAITING, None)
    inside = waits.after(lifecycle_room.let_in(waits, AT))
    assert (inside.state, inside.role, inside.joined_at) == (IN, MEMBER, AT)


def test_a_guest_of_a_meeting_waits_outside_while_another_hospitals_case_is_discussed() -> None:
    guest = Seat(role=GUEST).after(lifecycle_room.enter(Seat(role=GUEST), AT))
    inside = guest.after(lifecycle_room.let_in(guest, AT, stays_guest=True))
    assert (inside.state, inside.role, inside.let_in_at) == (IN, GUEST, AT)
    assert lifecycle_room.case_before(inside, True, AT) == {}, "their own case"
    held = replace(inside, hand_at=AT).after(lifecycle_room.case_before(inside, False, AT + timedelta(seconds=40)))
    assert (held.state, held.held_at, held.hand_at, held.attended_seconds) == (
        WAITING,
        AT + timedelta(seconds=40),
        None,
        40,
    )
    for sees in (None, False):
        knocks = held.after(lifecycle_room.enter(held, AT, sees))
        assert (knocks.state, knocks.held_at) == (WAITING, held.held_at), "loading the page anew changes nothing"
    assert held.after(lifecycle_room.let_in(held, AT, False, stays_guest=True)).state == WAITING, "nor does the host"
    assert lifecycle_room.case_before(held, False, AT) == {}
    back = held.after(lifecycle_room.case_before(held, True, AT + timedelta(seconds=60)))
    assert (back.state, back.role, back.held_at) == (IN, GUEST, None)


def test_a_guest_whom_nobody_let_in_is_not_let_in_by_their_case_and_only_guests_are_moved() -> None:
    knocks = Seat(role=GUEST).after(lifecycle_room.enter(Seat(role=GUEST), AT, True))
    assert knocks.state == WAITING
    assert lifecycle_room.case_before(knocks, True, AT) == {}
    expected = knocks.after(lifecycle_room.let_in(knocks, AT, False, stays_guest=True))
    assert (expected.state, expected.held_at) == (WAITING, AT)
    assert expected.after(lifecycle_room.case_before(expected, True, AT)).state == IN
    for role in (HOST, MEMBER):
        assert lifecycle_room.case_before(Seat(role=role, state=IN, joined_at=AT), False, AT) == {}


def test_who_left_comes_back_to_their_own_case_and_who_was_removed_does_not() -> None:
    inside = Seat(role=GUEST, state=IN, joined_at=AT, let_in_at=AT, present_until=AT)
    gone = inside.after(lifecycle_room.leave(inside, AT))
    assert gone.after(lifecycle_room.enter(gone, AT, True)).state == IN
    assert gone.after(lifecycle_room.enter(gone, AT, None)).state == WAITING
    removed = inside.after(lifecycle_room.remove(inside, AT))
    forgiven = removed.after(lifecycle_room.let_in(removed, AT, stays_guest=True))
    assert forgiven.after(lifecycle_room.enter(forgiven, AT, True)).state == WAITING


def test_a_page_that_is_loaded_anew_keeps_the_time_of_joining() -> None:
    seat = Seat(role=HOST).after(lifecycle_room.enter(Seat(role=HOST), AT))
    again = seat.after(lifecycle_room.enter(seat, AT + timedelta(minutes=5)))
    assert again.joined_at == AT


def test_who_was_removed_stays_out_until_a_host_forgives() -> None:
    seat = Seat(state=IN, joined_at=AT)
    gone = seat.after(lifecycle_room.remove(seat, AT + timedelta(minutes=3)))
    assert (gone.state, gone.attended_seconds) == (REMOVED, 180)
    with refusal("move.illegal", Meaning.CONFLICT):
        lifecycle_room.enter(gone, AT)
    assert gone.after(lifecycle_room.let_in(gone, AT)).state == OUT
    with refusal("room.host", Meaning.FORBIDDEN):
        lifecycle_room.remove(Seat(role=HOST, state=IN, joined_at=AT), AT)


@given(st.lists(st.tuples(st.sampled_from(["enter", "leave", "let_in", "remove"]), st.integers(0, 600)), max_size=12),
       st.sampled_from([HOST, MEMBER, GUEST]))  # fmt: skip
def test_attendance_is_the_time_spent_inside_whatever_happens(steps: list[tuple[str, int]], role: str) -> None:
    seat, now, inside = Seat(role=role), AT, 0
    for verb, seconds in steps:
        was_in, now = seat.state == IN, now + timedelta(seconds=seconds)
        inside += seconds if was_in else 0
        try:
            seat = seat.after(getattr(lifecycle_room, verb)(seat, now))
        except Refused:
            continue
        assert (seat.state in (IN, WAITING)) == (seat.present_until is not None)
        assert seat.hand_at is None or seat.state == IN
    if seat.state == IN:
        seat = seat.after(lifecycle_room.leave(seat, now))
    assert seat.attended_seconds == inside


def test_the_token_goes_from_the_presenter_from_a_host_or_to_whoever_takes_it_first() -> None:
    mine, other = Seat("我", IN, MEMBER), Seat("他", IN, MEMBER)
    lifecycle_room.may_present(Room(presenter_seat_id=None), mine, mine)
    lifecycle_room.may_present(Room(presenter_seat_id="我"), mine, other)
    lifecycle_room.may_present(Room(presenter_seat_id="他"), replace(mine, role=HOST), mine)
    with refusal("room.not_presenter", Meaning.FORBIDDEN):
        lifecycle_room.may_present(Room(presenter_seat_id="他"), mine, mine)
    with refusal("room.not_in", Meaning.CONFLICT):
        lifecycle_room.may_present(Room(), mine, replace(other, state=WAITING))


@pytest.mark.parametrize("kind", MARKS)
def test_a_mark_has_enough_points_on_an_image(kind: str) -> None:
    assert lifecycle_room.mark_points(kind, [[1, 2.00049], [3, 4]]) == [[1.0, 2.0], [3.0, 4.0]]
    far: list[list[list[float]]] = [[[1, 1e9], [1, 1]], [[math.nan, 1], [1, 1]], [[math.inf, 1], [1, 1]]]
    many: list[list[list[float]]] = [[], [[1, 2]] * 501, [[1, 2, 3], [4, 5]]]
    for wrong in (*far, *many):
        with refusal("mark.points", Meaning.INVALID):
            lifecycle_room.mark_points(kind, wrong)
    with refusal("mark.kind", Meaning.INVALID):
        lifecycle_room.mark_points("laser", [[1, 2], [3, 4]])


def test_the_tables_end_where_they_should() -> None:
    assert ROOM.verbs("closed") == ("close", "reopen")  # what it is for may go on: `consult.reopening` asks
    assert ("removed", "enter") not in SEAT.moves
