"""Consultations in a real database: what the clock does, how they end, and what lists and desks show of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from teleconsult import consult, reading, referral, reporting
from teleconsult.access import Thing, case_shares_of, permits, shares_of
from teleconsult.consult import queries
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning
from tests.builders import Alliance
from tests.records.consulting import OPINION, Desk, a_desk
from tests.records.desk import SIGNER, refused
from tests.records.referring import sent


@pytest.fixture
def desk(alliance: Alliance, clock: FixedClock) -> Desk:
    return a_desk(alliance, clock)


def sees(desk: Desk, login: str, study: int = 0) -> tuple[bool, bool]:
    """Whether this person sees the case, and the pictures of the study."""
    actor = desk.who(login)
    with desk.alliance.system.read() as work:
        case = Thing(shares=case_shares_of(work, desk.case_id), case_id=desk.case_id)
        images = Thing(desk.study_ids[study], shares_of(work, desk.study_ids[study]))
        return permits(actor, "case.see", case), permits(actor, "study.images", images)


def view(desk: Desk, login: str, key: str) -> queries.ConsultationView:
    with desk.alliance.system.read() as work:
        return queries.consultation(work, desk.who(login), key)


# ---------------------------------------------------------------- what time does


def test_a_triage_that_is_late_is_told_once(desk: Desk) -> None:
    key = desk.submitted(urgency="urgent")
    assert desk.sweep(minutes=9) == 0
    assert desk.sweep(minutes=1) == 1
    assert desk.sweep() == 0
    assert desk.told("coordinator").count("consultation.triage_late") == 1
    assert view(desk, "coordinator", key).band == "red"


def test_reminders_go_out_a_day_and_a_quarter_of_an_hour_before(desk: Desk) -> None:
    desk.confirmed(minutes_ahead=60 * 48, urgency="elective")
    desk.sweep(hours=23, minutes=59)
    assert "consultation.reminder_day" not in desk.told("expert")
    desk.sweep(minutes=1)
    desk.sweep()
    for login in ("expert", "doctor_a"):
        assert desk.told(login).count("consultation.reminder_day") == 1, login
    desk.sweep(hours=23, minutes=45)
    assert desk.told("expert")[-1] == "consultation.reminder_soon"


def test_who_does_not_appear_is_named_and_the_centre_rebooks(desk: Desk) -> None:
    key, room = desk.open_room()
    desk.does("doctor_a", consult.admit, room)
    desk.sweep(minutes=24)
    assert desk.row(key).state == "scheduled"
    desk.sweep(minutes=1)
    row = desk.row(key)
    assert (row.state, row.no_show, row.no_shows, row.room_id, row.expert_id) == ("accepted", "expert", 1, None, None)
    assert "consultation.missed" in desk.told("coordinator")
    with desk.alliance.system.read() as work:
        items, _ = queries.desk(work, desk.who("coordinator"))
    assert [(item.kind, item.params["no_show"]) for item in items] == [("consultation_assign", "expert")]
    desk.does("coordinator", consult.assign, key, desk.who("expert2").id, desk.ahead(minutes=60))
    assert (desk.row(key).no_show, desk.row(key).no_shows) == (None, 1)


def test_a_supplement_that_never_comes_is_reminded_of_and_then_expires_with_notice(desk: Desk) -> None:
    key = desk.submitted()
    desk.does("coordinator", consult.ask_supplement, key, "请补充病理")
    desk.sweep(hours=24)
    assert desk.told("doctor_a")[-1] == "consultation.supplement_reminder"
    assert desk.row(key).state == "supplement"
    desk.sweep(hours=48)
    assert (desk.row(key).state, desk.row(key).end_reason) == ("expired", "supplement_never_came")
    assert desk.told("doctor_a")[-1] == "consultation.expired"
    assert desk.told("coordinator")[-1] == "consultation.expired"
    assert sees(desk, "coordinator") == (False, False)
    with refused("consultation.absent", Meaning.ABSENT):
        desk.does("coordinator", consult.accept, key)


def test_an_opinion_that_is_late_and_a_feedback_that_is_missing_are_told(desk: Desk) -> None:
    desk.assigned()
    desk.sweep(hours=24)
    assert desk.told("expert")[-1] == "consultation.opinion_late"
    key = desk.signed()
    desk.sweep(days=3)
    assert desk.told("doctor_a")[-1] == "consultation.feedback_reminder"
    desk.sweep(days=4)
    assert desk.told("doctor_a")[-1] == "consultation.feedback_late"
    desk.sweep(days=23)
    assert (desk.row(key).state, desk.row(key).adoption) == ("closed", None)


def test_sweeping_late_does_everything_once_and_in_order(desk: Desk) -> None:
    """The relay was down for a month: nothing is told of what has become needless."""
    key = desk.submitted()
    desk.does("coordinator", consult.ask_supplement, key, "请补充病理")
    desk.sweep(days=30)
    assert desk.facts()[-2:] == ["ConsultationReminded", "ConsultationExpired"]
    assert desk.sweep() == 0


# ---------------------------------------------------------------- cancelling, lists


def test_a_consultation_cancelled_while_its_room_is_open_closes_the_room_and_tells_the_seats(desk: Desk) -> None:
    key, room = desk.in_session()
    desk.does("doctor_a", consult.cancel, key, "患者已转院")
    with desk.alliance.system.read() as work:
        found = work.session.get_one(consult.RoomRow, room)
        assert (found.state, consult.seats_in(work, room)) == ("closed", [])
    assert "RoomClosed" in desk.facts("room")
    assert "consultation.cancelled" in desk.told("expert")
    assert sees(desk, "expert") == (False, False)
    outcome = desk.does("expert", consult.admit, room)
    assert outcome.code == "room.absent"


def test_lists_hold_what_one_may_see_and_find_it_by_name_and_number(desk: Desk) -> None:
    key = desk.assigned()
    number = desk.row(key).number

    def found(login: str, **match: Any) -> list[str]:
        with desk.alliance.system.read() as work:
            return [one.row["id"] for one in queries.consultations(work, desk.who(login), queries.Match(**match)).rows]

    for login in ("doctor_a", "coordinator", "expert", "auditor"):
        assert found(login) == [key], login
        assert found(login, q="ceshi1") == found(login, q=number) == found(login, q="TEST-000001") == [key]
        assert found(login, q="测 试") == found(login, q="ＣＥＳＨＩ１") == found(login, q="ＴＥＳＴ－００") == [key]
        assert found(login, q="zhang") == found(login, q="-") == []
    for login in ("doctor_b", "reader", "expert2", "administrator", "technician_a"):
        assert found(login) == [], login
    assert (found("expert", mine=True), found("coordinator", mine=True)) == ([key], [])
    assert (found("doctor_a", side="asking"), found("doctor_a", side="answering")) == ([key], [])


def test_every_desk_shows_what_waits_for_it(desk: Desk) -> None:
    def kinds(login: str) -> list[str]:
        with desk.alliance.system.read() as work:
            return [item.kind for item in queries.desk(work, desk.who(login))[0]]

    row = desk.drafted()
    assert (kinds("doctor_a"), kinds("coordinator")) == (["consultation_submit"], [])
    desk.does("doctor_a", consult.submit, row.id)
    assert (kinds("doctor_a"), kinds("coordinator")) == ([], ["consultation_triage"])
    desk.does("coordinator", consult.accept, row.id)
    assert kinds("coordinator") == ["consultation_assign"]
    desk.does("coordinator", consult.assign, row.id, desk.who("expert").id, desk.ahead(hours=1))
    assert (kinds("doctor_a"), kinds("expert"), kinds("coordinator")) == (
        ["consultation_confirm"],
        ["consultation_confirm"],
        [],
    )
    desk.does("coordinator", consult.assign, row.id, desk.who("expert").id)
    assert kinds("expert") == ["consultation_write_opinion"]
    version = desk.does("expert", consult.write_opinion, row.id, OPINION, desk.row(row.id).version).version
    assert kinds("expert") == ["consultation_sign"]
    desk.does("expert", consult.sign, row.id, SIGNER, version)
    assert (kinds("doctor_a"), kinds("expert")) == (["consultation_feedback"], ["consultation_rate_request"])


def test_the_desk_also_shows_criticals_referrals_and_follow_ups(desk: Desk) -> None:
    def found(login: str) -> list[tuple[str, str]]:
        with desk.alliance.system.read() as work:
            return [
                (item.kind, item.patient.name if item.patient else "")
                for item in queries.desk(work, desk.who(login))[0]
            ]

    with desk.alliance.system.work() as work:
        assert reading.open_for(work, desk.study_ids[0]) is not None
    desk.does("reader", reporting.raise_critical, desk.study_ids[0], "tension_pneumothorax", "左侧张力性气胸")
    assert found("doctor_a") == [("critical_acknowledge", "测试1")]
    asked = sent(desk.alliance, desk.case_id)
    assert ("referral_decide", "测试1") in found("coordinator")
    desk.does("coordinator", referral.ask, asked.id, "请补充病理")
    assert ("referral_answer", "测试1") in found("doctor_a")
    with desk.alliance.system.work() as work:
        referral.plan_follow_up(
            work, desk.case_id, "consultation", desk.case_id, "两周后复查胸部CT", desk.sites["county_a"], None, work.now
        )
    assert ("follow_up", "测试1") in found("doctor_a")
    for days, band in ((1, "blue"), (4, "yellow"), (10, "red")):
        due = desk.alliance.system.store.clock.now() - timedelta(days=days)
        with desk.alliance.system.work() as work:
            referral.plan_follow_up(
                work, desk.case_id, "case", desk.case_id, f"复查{days}", desk.sites["county_a"], None, due
            )
        with desk.alliance.system.read() as work:
            shown = queries.desk(work, desk.who("doctor_a"))[0]
        assert [item.band for item in shown if item.params.get("text") == f"复查{days}"] == [band]
    assert found("doctor_a")[0] == ("critical_acknowledge", "测试1"), "before what is overdue for days"
    desk.does("doctor_a", referral.answer, asked.id, "病理已上传")
    for verb in (referral.accept, referral.arrive):
        desk.does("coordinator", verb, asked.id)
    desk.does("coordinator", referral.complete, asked.id, "improved", "支架植入一枚")
    assert ("referral_close", "测试1") in found("doctor_a")
    assert "referral_close" not in [kind for kind, _ in found("coordinator")]
    desk.does("doctor_a", referral.close, asked.id)
    assert "referral_close" not in [kind for kind, _ in found("doctor_a")]
    assert found("doctor_b") == []
