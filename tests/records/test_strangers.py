"""Who followed a link without a right, and which auditor finds it: the one of their hospital, and the one of the hospital whose door it was."""

from __future__ import annotations

import pytest

from teleconsult.access import SYSTEM, Actor, Grant, Role, actor_by_login, add_person
from teleconsult.access.queries import audited_facts
from teleconsult.consult.strangers import note_consultation_refused, note_room_refused
from teleconsult.kernel.clock import FixedClock
from teleconsult.referral.strangers import note_case_refused
from tests.builders import Alliance
from tests.records.consulting import Desk, a_desk


@pytest.fixture
def desk(alliance: Alliance, clock: FixedClock) -> Desk:
    return a_desk(alliance, clock)


def auditor_of(desk: Desk, site: str) -> Actor:
    with desk.alliance.system.work() as work:
        scope = Grant(Role.AUDITOR, desk.sites[site])
        add_person(
            work, SYSTEM, f"audit_{site}", f"测试审计{site}", "none", desk.sites[site], [scope], "a-good-password-1"
        )
    with desk.alliance.system.read() as work:
        return actor_by_login(work, f"audit_{site}")


def found(desk: Desk, auditor: Actor, by: str | None = None) -> list[str]:
    with desk.alliance.system.read(auditor) as work:
        rows = audited_facts(work, auditor, None, None, by, 500)
    return sorted(row.name for row in rows if row.name.endswith("Refused"))


def test_a_refused_visit_is_found_by_the_auditors_of_both_hospitals_and_of_no_third(desk: Desk) -> None:
    key = desk.confirmed(0.5)
    room = desk.room_of(key)
    for _ in range(2):
        desk.does("doctor_b", note_room_refused, room, "room.absent")
        desk.does("doctor_b", note_consultation_refused, key, "consultation.absent")
        desk.does("doctor_b", note_case_refused, desk.case_id, "case.absent")
    written = ["CaseRefused", "ConsultationRefused", "RoomRefused"]
    by = desk.who("doctor_b").name
    assert found(desk, auditor_of(desk, "county_a"), by) == written, "whose patient it is"
    assert found(desk, auditor_of(desk, "county_b"), by) == written, "whose doctor it was"
    assert found(desk, auditor_of(desk, "township")) == []
    assert found(desk, desk.who("auditor"), by) == written, "of the whole alliance"


def test_a_page_that_a_stranger_leaves_open_is_one_line_in_what_happened_and_the_next_hour_another(desk: Desk) -> None:
    key = desk.confirmed(0.5)
    room = desk.room_of(key)

    def looks() -> None:
        desk.does("doctor_b", note_room_refused, room, "room.absent")
        desk.does("doctor_b", note_consultation_refused, key, "consultation.absent")
        desk.does("doctor_b", note_case_refused, desk.case_id, "case.absent")

    once = ["CaseRefused", "ConsultationRefused", "RoomRefused"]
    for _ in range(11):
        looks()
        desk.clock.advance(5 * 60)
    desk.does("doctor_t", note_consultation_refused, key, "consultation.absent")
    assert found(desk, desk.who("auditor"), desk.who("doctor_b").name) == once
    assert found(desk, desk.who("auditor"), desk.who("doctor_t").name) == ["ConsultationRefused"], (
        "another person is another line"
    )
    desk.clock.advance(10 * 60)
    looks()
    assert found(desk, desk.who("auditor"), desk.who("doctor_b").name) == sorted(once * 2)


def test_the_auditor_of_a_hospital_reads_of_strangers_only_what_they_were_refused_there(desk: Desk) -> None:
    desk.confirmed(0.5)
    desk.does("doctor_b", note_case_refused, desk.case_id, "case.absent")
    auditor = auditor_of(desk, "county_a")
    with desk.alliance.system.read(auditor) as work:
        rows = audited_facts(work, auditor, None, None, None, 500)
    strangers = [row.name for row in rows if row.actor_site != desk.sites["county_a"]]
    assert strangers == ["CaseRefused"]


def test_what_is_not_there_is_no_door(desk: Desk) -> None:
    desk.does("doctor_b", note_case_refused, "none", "case.absent")
    desk.does("doctor_b", note_consultation_refused, "none", "consultation.absent")
    desk.does("doctor_b", note_room_refused, "none", "room.absent")
    assert found(desk, desk.who("auditor")) == []


def test_the_consultation_names_no_site_of_a_centre_before_it_is_asked(desk: Desk) -> None:
    row = desk.drafted()
    desk.does("doctor_b", note_consultation_refused, row.id, "consultation.absent")
    assert found(desk, auditor_of(desk, "city")) == []
