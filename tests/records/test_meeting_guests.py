"""Guests in a meeting's room: a referring doctor hears and reads what concerns their own case, and nothing else; on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from teleconsult import consult, referral
from teleconsult.access import SYSTEM, Grant, Role, set_grants
from teleconsult.consult import admission
from teleconsult.consult.lifecycle_room import GUEST, IN, WAITING
from teleconsult.consult.tables_meetings import MeetingItemRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning
from teleconsult.records import journal
from teleconsult.web.api.room_views import RoomView, shown
from tests.builders import Alliance
from tests.records.desk import does, refused
from tests.records.house import a_study
from tests.records.meeting import House, a_board

agenda, concluding = consult.agenda, consult.concluding


@dataclass
class Two:
    """A meeting that is live, with a case of county A and one of county B before it."""

    house: House
    ours: MeetingItemRow
    theirs: MeetingItemRow
    other_study: str

    @property
    def room(self) -> str:
        return str(self.house.meeting().room_id)

    def seat(self, login: str) -> Any:
        with self.house.alliance.system.read() as work:
            return consult.seat_of(work, self.room, self.house.who(login).id)

    def state(self, login: str) -> tuple[str, bool]:
        seat = self.seat(login)
        return seat.state, seat.held_at is not None

    def page(self, login: str) -> RoomView:
        actor = self.house.who(login)
        with self.house.alliance.system.read(actor) as work:
            return shown(work, actor, *consult.see_room(work, actor, self.room))

    def lets_in(self, login: str) -> None:
        self.house.does(login, admission.admit, self.room)
        self.house.does("onc", consult.let_in, self.room, self.seat(login).id)

    def presents(self, item: MeetingItemRow) -> None:
        self.house.clock.advance(1)
        self.house.does("onc", concluding.present, item.meeting_id, item.id)

    def says(self, login: str, words: str) -> None:
        self.house.clock.advance(1)
        self.house.does(login, consult.chat, self.room, words)

    def chat(self, login: str) -> list[str]:
        return [line.text for line in self.page(login).chat]

    def facts(self) -> list[str]:
        with self.house.alliance.system.read() as work:
            return [fact.name for fact in journal.facts_after(work, 0, 5000) if fact.subject == "room"]


@pytest.fixture
def two(alliance: Alliance, clock: FixedClock) -> Two:
    house = a_board(alliance, clock)
    with house.alliance.system.work() as work:
        study = a_study(work, house.alliance.sites["county_b"], 7)
    case = does(house.alliance, "doctor_b", referral.open_case, study.id, "另一例")
    meeting = house.meeting()
    theirs = house.does("doctor_b", agenda.propose, meeting.id, case.id, "第二例")
    house.does("coordinator", agenda.accept, meeting.id, theirs.id)
    ours = house.accepted()
    house.goes_to(meeting.starts_at)
    house.does("onc", consult.meetings.start, meeting.id)
    for login in ("onc", "rad", "path"):
        house.enters(login)
    return Two(house, ours, theirs, study.id)


def test_a_guest_goes_out_when_another_hospitals_case_is_presented_and_comes_in_again_with_their_own(two: Two) -> None:
    two.lets_in("doctor_a")
    two.lets_in("doctor_b")
    assert (two.state("doctor_a"), two.seat("doctor_a").role) == ((IN, False), GUEST)
    two.presents(two.ours)
    assert (two.state("doctor_a"), two.state("doctor_b")) == ((IN, False), (WAITING, True))
    two.presents(two.theirs)
    assert (two.state("doctor_a"), two.state("doctor_b")) == ((WAITING, True), (IN, False))
    assert all(two.state(login) == (IN, False) for login in ("onc", "rad", "path")), "who belongs to it stays"
    two.presents(two.ours)
    assert (two.state("doctor_a"), two.state("doctor_b")) == ((IN, False), (WAITING, True))
    assert (two.facts().count("SeatHeld"), two.facts().count("SeatLetIn")) == (3, 4)


def test_who_is_held_gets_no_ticket_by_knocking_nor_by_the_host_nor_between_cases(two: Two) -> None:
    two.lets_in("doctor_b")
    two.presents(two.ours)
    assert two.house.does("doctor_b", admission.admit, two.room).waiting
    two.house.does("onc", consult.let_in, two.room, two.seat("doctor_b").id)
    assert two.state("doctor_b") == (WAITING, True)
    two.house.concludes(two.ours)
    assert two.house.does("doctor_b", admission.admit, two.room).waiting, "what was concluded is still being signed"
    two.house.does("doctor_b", consult.leave, two.room)
    assert two.house.does("doctor_b", admission.admit, two.room).waiting
    two.presents(two.theirs)
    assert not two.house.does("doctor_b", admission.admit, two.room).waiting


def test_the_host_expects_a_guest_whose_case_comes_later(two: Two) -> None:
    two.presents(two.ours)
    two.lets_in("doctor_b")
    assert two.state("doctor_b") == (WAITING, True)
    assert two.facts()[-1] == "SeatExpected"
    two.presents(two.theirs)
    assert two.state("doctor_b") == (IN, False)


def test_nobody_is_let_in_by_their_case_alone(two: Two) -> None:
    two.house.does("doctor_b", admission.admit, two.room)
    two.presents(two.theirs)
    assert two.state("doctor_b") == (WAITING, False)


def test_whoever_lost_the_right_to_the_own_case_waits_too(two: Two) -> None:
    two.lets_in("doctor_a")
    with two.house.alliance.system.work() as work:
        grants = [Grant(Role.COUNTY_DOCTOR, two.house.alliance.sites["county_b"])]
        set_grants(work, SYSTEM, two.house.who("doctor_a").id, grants)
    two.presents(two.ours)
    assert two.state("doctor_a") == (WAITING, True)


def test_the_token_does_not_leave_with_a_guest(two: Two) -> None:
    two.lets_in("doctor_b")
    two.house.does("onc", consult.present, two.room, two.seat("doctor_b").id)
    two.presents(two.ours)
    assert two.page("onc").presenter_seat_id is None


def test_a_guest_reads_the_chat_and_marks_of_their_own_case_only(two: Two) -> None:
    two.lets_in("doctor_a")
    two.lets_in("doctor_b")
    two.says("onc", "各位好")
    two.presents(two.ours)
    two.says("rad", "甲县病例")
    two.says("doctor_a", "甲县补充")
    series = {"series_uid": "1.2.3.1.1", "sop_uid": "1.2.3.1.1.1", "frame": 1}
    (study,) = {one.study_id for one in two.page("rad").studies}
    two.house.does("rad", consult.draw, two.room, study, *series.values(), "text", [(1, 1)], "甲")
    two.presents(two.theirs)
    two.says("rad", "乙县病例")
    assert two.chat("doctor_b") == ["乙县病例"]
    assert (two.page("doctor_b").marks, len(two.page("rad").marks)) == ([], 1)
    assert (two.chat("doctor_a"), two.page("doctor_a").studies, two.page("doctor_a").marks) == ([], [], [])
    assert two.chat("rad") == ["各位好", "甲县病例", "甲县补充", "乙县病例"]
    assert {line.text: line.item_id for line in two.page("rad").chat} == {
        "各位好": None, "甲县病例": two.ours.id, "甲县补充": two.ours.id, "乙县病例": two.theirs.id,
    }  # fmt: skip
    two.presents(two.ours)
    assert two.chat("doctor_a") == ["甲县病例", "甲县补充"]
    assert len(two.page("doctor_a").marks) == 1


def test_all_in_the_room_are_told_that_a_conclusion_is_signed_but_those_who_may_not_see_its_case(two: Two) -> None:
    for login in ("doctor_a", "doctor_b"):
        two.lets_in(login)
    two.presents(two.ours)
    two.house.concludes(two.ours)
    for login in ("onc", "rad"):
        two.house.signs(login, two.ours)
    assert two.page("rad").signed is None, "not before all have signed"
    two.house.signs("path", two.ours)
    for login in ("rad", "onc", "doctor_a"):
        told = two.page(login).signed
        assert told is not None
        assert (told.kind, told.item_id) == ("conclusion", two.ours.id)
    assert two.state("doctor_b") == (WAITING, True)
    two.presents(two.theirs)
    assert two.state("doctor_b") == (IN, False)
    assert two.page("doctor_b").signed is None
    two.house.concludes(two.theirs, todo=[])
    for login in ("onc", "rad", "path"):
        two.house.signs(login, two.theirs)
    told = two.page("doctor_b").signed
    assert told is not None
    assert (told.item_id, told.patient is not None) == (two.theirs.id, True)


def test_words_that_come_late_are_not_told_to_the_guests_of_another_case(two: Two) -> None:
    two.lets_in("doctor_a")
    two.lets_in("doctor_b")
    two.presents(two.ours)
    two.house.does("rad", consult.chat, two.room, "甲县病例", "a" * 32, two.ours.id)
    two.presents(two.theirs)
    with refused("chat.other_case"):
        two.house.does("rad", consult.chat, two.room, "还是甲县的", "b" * 32, two.ours.id)
    two.house.does("rad", consult.chat, two.room, "甲县病例", "a" * 32, two.ours.id)  # it was written already
    assert two.chat("doctor_b") == []
    with refused("chat.other_case"):
        two.house.does("rad", consult.chat, two.room, "会间", "c" * 32, "")


def test_who_must_not_hear_the_case_is_named_again_until_the_node_has_let_go(two: Two) -> None:
    two.lets_in("doctor_b")
    seat = two.seat("doctor_b").id
    for _ in range(2):
        found = two.house.does("onc", concluding.make_way, two.ours.meeting_id, two.ours.id)
        assert found == [(two.room, seat)]
    assert two.state("doctor_b") == (WAITING, True), "before the case is presented"
    assert two.house.item(two.ours.id).state == "preparing"
    assert two.house.does("onc", concluding.make_way, two.theirs.meeting_id, two.theirs.id) == []
    with refused("meeting.not_the_chair", Meaning.FORBIDDEN):
        two.house.does("rad", concluding.make_way, two.ours.meeting_id, two.ours.id)


def test_a_recording_of_all_the_cases_is_not_a_guests(two: Two) -> None:
    two.lets_in("doctor_a")
    with refused("recording.absent", Meaning.ABSENT):
        two.house.does("doctor_a", consult.playable, two.room, "none")
    assert two.page("doctor_a").recordings == []
