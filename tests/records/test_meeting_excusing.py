"""A specialty that was there and does not sign any more: the chair writes down why, and the minutes can be issued; on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from teleconsult import consult
from teleconsult.access import SYSTEM, change_person
from teleconsult.consult import queries
from teleconsult.consult.tables_meetings import MeetingItemRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning
from teleconsult.reporting import pdf_paper
from teleconsult.reporting.queries import content_of, papers_of
from teleconsult.reporting.queries.papers import paper_document
from tests.builders import Alliance
from tests.records.desk import SIGNER, refused
from tests.records.meeting import House, a_board

WHY = "参会医师已调离,无法签署"


@pytest.fixture
def house(alliance: Alliance, clock: FixedClock) -> House:
    """Two of the three specialties are enough, and radiology is one of them."""
    return a_board(alliance, clock, quorum={"must": ["radiology"], "least": 2})


def gone(house: House, login: str) -> None:
    with house.alliance.system.work() as work:
        change_person(work, SYSTEM, house.who(login).id, disabled=True)


def excuses(house: House, item: MeetingItemRow, role: str, reason: str = WHY, login: str = "onc", seen: int = 1) -> Any:
    return house.does(login, consult.excusing.excuse, item.meeting_id, item.id, role, reason, SIGNER, seen)


def shown(house: House, item: MeetingItemRow, login: str = "onc") -> Any:
    return house.asks(login, queries.item, item.meeting_id, item.id)


def test_the_minutes_are_issued_without_a_specialty_whose_doctor_has_left(house: House) -> None:
    item = house.concluded("onc", "rad", "path")
    house.signs("onc", item)
    house.signs("rad", item)
    gone(house, "path")
    assert ("excuse" in shown(house, item).verbs, shown(house, item).conclusion.excusable) == (True, ("pathology",))
    excuses(house, item, "pathology")
    assert house.item(item.id).state == "signed"
    (unsigned,) = [one for one in shown(house, item).conclusion.signatures if one.unsigned]
    assert (unsigned.role, unsigned.unsigned, unsigned.by.id) == ("pathology", WHY, house.who("onc").id)
    assert "SignatureExcused" in house.facts("item")
    with house.alliance.system.read() as work:
        papers = papers_of(work, "conclusion", item.id)
        printed = paper_document(work, papers[2].id)
        assert [content_of(one).get("unsigned", "") for one in papers] == ["", "", WHY, ""]
    assert [(one.role, one.unsigned) for one in printed.signatures if one.unsigned] == [("病理科", WHY)]
    assert pdf_paper.render(printed).startswith(b"%PDF")
    house.does("onc", consult.meetings.finish, item.meeting_id)
    assert house.meeting().state == "closed"


def test_when_those_who_sign_are_no_quorum_it_is_an_opinion_that_all_sign_anew(house: House) -> None:
    item = house.concluded("onc", "rad", "path")
    house.signs("onc", item)
    gone(house, "rad")
    told = house.told("path").count("meeting.to_sign")
    excuses(house, item, "radiology")
    found = shown(house, item)
    assert (found.conclusion.row["kind"], found.conclusion.row["version"]) == ("opinion", 2)
    assert [(one.role, bool(one.paper_id)) for one in found.conclusion.signatures] == [
        ("chair", False), ("radiology", True), ("pathology", False), ("oncology", False),
    ]  # fmt: skip
    assert house.told("path").count("meeting.to_sign") == told + 1
    with refused("version.stale"):
        house.signs("path", item, seen=1)
    house.signs("path", item, seen=2)
    house.signs("onc", item, seen=2)
    assert house.item(item.id).state == "signed"
    with house.alliance.system.read() as work:
        said = [content_of(one) for one in papers_of(work, "opinion", item.id)]
        assert len(papers_of(work, "conclusion", item.id)) == 2, "what was signed before is kept"
    assert {one["title"] for one in said} == {"MDT讨论意见"}
    assert "未全部签署" in dict(said[0]["sections"])["说明"]


def test_without_the_needed_number_it_is_an_opinion_too_and_an_opinion_stays_one(house: House) -> None:
    item = house.concluded("onc", "rad")
    gone(house, "rad")
    excuses(house, item, "radiology")
    assert shown(house, item).conclusion.row["kind"] == "opinion"
    house.signs("onc", item, seen=2)
    assert house.item(item.id).state == "signed"


def test_who_may_still_sign_is_not_passed_over_until_the_time_is_over(house: House) -> None:
    item = house.concluded("onc", "rad", "path")
    assert "excuse" not in shown(house, item).verbs
    with refused("meeting.may_still_sign"):
        excuses(house, item, "pathology")
    house.clock.advance(timedelta(hours=25).total_seconds())
    assert shown(house, item).conclusion.excusable == ("radiology", "pathology", "oncology")
    excuses(house, item, "pathology", "超过签署时限,多次催办未签")
    with refused("meeting.signed_already"):
        house.signs("path", item)


def test_it_takes_the_chair_a_reason_and_a_specialty_that_was_there(house: House) -> None:
    item = house.concluded("onc", "rad", "path")
    gone(house, "path")
    for login, meaning in (("rad", Meaning.FORBIDDEN), ("doctor_b", Meaning.ABSENT)):
        with refused("meeting.not_the_chair" if login == "rad" else "meeting.absent", meaning):
            excuses(house, item, "pathology", login=login)
    for role in ("chair", "cardiology"):
        with refused("meeting.not_a_part", Meaning.INVALID):
            excuses(house, item, role)
    with refused("field.empty", Meaning.INVALID):
        excuses(house, item, "pathology", " ")
    with refused("field.text", Meaning.INVALID):
        excuses(house, item, "pathology", "长" * 201)
    with refused("version.stale"):
        excuses(house, item, "pathology", seen=9)
    excuses(house, item, "pathology")
    with refused("meeting.signed_already"):
        excuses(house, item, "pathology")


def test_a_member_who_was_taken_off_the_meeting_cannot_sign_any_more_and_is_excused(house: House) -> None:
    item = house.concluded("onc", "rad", "path")
    members = [{"person_id": house.who(one).id, "specialty": what} for one, what in
               (("rad", "radiology"), ("onc", "oncology"), ("onc2", "pathology"))]  # fmt: skip
    house.does("coordinator", consult.meetings.set_members, item.meeting_id, members, house.who("onc").id)
    excuses(house, item, "pathology")
    assert [one.role for one in shown(house, item).conclusion.signatures if one.unsigned] == ["pathology"]
