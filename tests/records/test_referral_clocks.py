"""What time does to referrals and follow-ups: reminders, breaches, no-shows, expiry; each once, whoever sweeps."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from teleconsult import referral
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning
from teleconsult.referral import CaseRow, FollowUpRow, ReferralRow, follow_ups, queries
from tests.builders import Alliance
from tests.records.desk import does, refused
from tests.records.house import a_study
from tests.records.referring import GREEN, a_case, seen, sent, swept, told


@pytest.fixture
def study(alliance: Alliance) -> StudyRow:
    with alliance.system.work() as work:
        return a_study(work, alliance.sites["county_a"])


@pytest.fixture
def case(alliance: Alliance, study: StudyRow) -> CaseRow:
    return a_case(alliance, study)


@pytest.fixture
def submitted(alliance: Alliance, case: CaseRow) -> ReferralRow:
    return sent(alliance, case.id)


def test_an_unanswered_referral_is_reminded_of_then_told_to_both_then_to_who_is_above(
    alliance: Alliance, submitted: ReferralRow, clock: FixedClock
) -> None:
    assert swept(alliance, clock, minutes=41) == []
    assert swept(alliance, clock, minutes=2) == ["ReferralReminded"]
    assert told(alliance, "coordinator") == ["referral.submitted", "referral.reminder"]
    assert seen(alliance, "coordinator", submitted.id).band == "yellow"
    assert swept(alliance, clock, minutes=18) == ["ReferralOverdue"]
    assert told(alliance, "doctor_a") == ["referral.overdue"]
    assert seen(alliance, "coordinator", submitted.id).band == "red"
    assert swept(alliance, clock, hours=1) == ["ReferralOverdue"]
    assert swept(alliance, clock, days=30) == []


def test_on_the_green_channel_every_reminder_must_be_heard(
    alliance: Alliance, case: CaseRow, clock: FixedClock
) -> None:
    sent(alliance, case.id, **{**GREEN, "disease": "trauma", "ticked": ["head"]})
    swept(alliance, clock, minutes=11)
    swept(alliance, clock, minutes=5)
    assert told(alliance, "coordinator") == ["critical.green_channel"] * 3


def test_an_answer_that_never_comes_ends_the_referral(
    alliance: Alliance, submitted: ReferralRow, clock: FixedClock
) -> None:
    does(alliance, "coordinator", referral.ask, submitted.id, "补充增强CT")
    assert swept(alliance, clock, hours=24) == ["ReferralReminded"]
    assert swept(alliance, clock, hours=48) == ["ReferralExpired"]
    assert seen(alliance, "doctor_a", submitted.id).row.state == "expired"
    assert told(alliance, "doctor_a") == ["referral.asked", "referral.asked", "referral.expired"]
    with refused("move.illegal"):
        does(alliance, "doctor_a", referral.answer, submitted.id, "太晚了")


def test_a_patient_who_does_not_come_is_marked_and_may_still_come(
    alliance: Alliance, submitted: ReferralRow, clock: FixedClock
) -> None:
    does(alliance, "coordinator", referral.accept, submitted.id)
    assert swept(alliance, clock, hours=23) == []
    assert swept(alliance, clock, hours=1) == ["ReferralMissed"]
    assert (seen(alliance, "doctor_a", submitted.id).band, told(alliance, "doctor_a")[-1]) == (
        "red",
        "referral.no_show",
    )
    does(alliance, "coordinator", referral.arrive, submitted.id)
    assert seen(alliance, "doctor_a", submitted.id).row.no_show_at is None


def test_by_the_green_channel_two_hours_are_long(alliance: Alliance, case: CaseRow, clock: FixedClock) -> None:
    sent(alliance, case.id, **GREEN)
    assert swept(alliance, clock, hours=2) == ["ReferralMissed"]


def test_the_summary_is_asked_for_and_what_was_read_closes_by_itself(
    alliance: Alliance, submitted: ReferralRow, clock: FixedClock
) -> None:
    does(alliance, "coordinator", referral.accept, submitted.id)
    does(alliance, "coordinator", referral.arrive, submitted.id)
    assert swept(alliance, clock, hours=51) == ["ReferralReminded"]
    assert swept(alliance, clock, hours=21) == ["ReferralOverdue"]
    assert told(alliance, "doctor_a")[-1] == "referral.summary_overdue"
    does(alliance, "coordinator", referral.complete, submitted.id, "improved", "好转")
    assert swept(alliance, clock, days=14) == ["ReferralClosed"]


def test_two_relays_that_sweep_at_once_do_each_thing_once(
    alliance: Alliance, submitted: ReferralRow, clock: FixedClock
) -> None:
    clock.advance(43 * 60)
    start, done = threading.Barrier(3), []

    def sweep() -> None:
        start.wait()
        with alliance.system.work() as work:
            done.append(referral.sweep(work))

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(done) == [0, 0, 1]
    assert told(alliance, "coordinator").count("referral.reminder") == 1


def planned(alliance: Alliance, case: CaseRow, clock: FixedClock, site: str = "county_a") -> FollowUpRow:
    with alliance.system.work() as work:
        given = (case.id, "meeting", "m", "复查增强CT", alliance.sites[site], None, clock.now())
        row = referral.plan_follow_up(work, *given)
        assert referral.plan_follow_up(work, *given).id == row.id, "the same from the same source is planned once"
    return row


def test_a_visit_that_is_not_made_turns_yellow_then_red(alliance: Alliance, case: CaseRow, clock: FixedClock) -> None:
    planned(alliance, case, clock)
    bands = []
    for days in (0, 3, 4):
        assert len(swept(alliance, clock, days=days)) == 1
        with alliance.system.read() as work:
            late = queries.FollowUpMatch("overdue", mine=True)
            bands.append(queries.follow_ups(work, alliance.people["doctor_a"], late).items[0].band)
    assert bands == ["blue", "yellow", "red"]
    assert told(alliance, "doctor_a") == ["followup.due", "followup.overdue", "followup.overdue"]
    assert swept(alliance, clock, days=90) == []


def test_a_follow_up_ends_done_or_with_a_reason_and_by_its_owner(
    alliance: Alliance, case: CaseRow, clock: FixedClock
) -> None:
    row = planned(alliance, case, clock)
    with refused("followup.absent", Meaning.ABSENT):
        does(alliance, "doctor_b", follow_ups.do, row.id)
    with refused("permit.refused", Meaning.FORBIDDEN):
        does(alliance, "auditor", follow_ups.do, row.id)
    with refused("field.empty", Meaning.INVALID):
        does(alliance, "doctor_a", follow_ups.decline, row.id, " ")
    does(alliance, "doctor_a", follow_ups.change, row.id, "改为MRI")
    with refused("move.illegal"):
        does(alliance, "doctor_a", follow_ups.do, row.id)
    assert swept(alliance, clock, days=30) == []
    with alliance.system.read() as work:
        (found,) = queries.follow_ups(work, alliance.people["doctor_a"], queries.FollowUpMatch(case_id=case.id)).items
        with refused("field.choice", Meaning.INVALID):
            queries.follow_ups(work, alliance.people["doctor_a"], queries.FollowUpMatch("someday"))
    assert (found.row.state, found.row.reason, found.verbs, found.band) == ("changed", "改为MRI", (), "grey")


def test_a_follow_up_that_another_hospital_owes_is_at_last_told_to_the_cases_own(
    alliance: Alliance, case: CaseRow, clock: FixedClock
) -> None:
    planned(alliance, case, clock, "city")
    for days in (0, 3, 4):
        swept(alliance, clock, days=days)
    assert told(alliance, "coordinator") == ["followup.due", "followup.overdue", "followup.overdue"]
    assert told(alliance, "doctor_a") == ["followup.overdue"]


def test_follow_ups_are_listed_by_when_they_are_due_page_by_page_with_counts_that_hold(
    alliance: Alliance, case: CaseRow, clock: FixedClock
) -> None:
    """More than one page of them; what has no day stands behind what has one, what is over behind both, the latest first."""
    with alliance.system.work() as work:

        def plan(text: str, days: int | None, site: str = "county_a") -> str:
            due = clock.now() + timedelta(days=days) if days is not None else None
            return referral.plan_follow_up(work, case.id, "case", case.id, text, alliance.sites[site], None, due).id

        undated, *dated = plan("无期限", None), *(plan(f"复查{n}", n) for n in range(205))
        theirs = plan("市医院门诊", 300, "city")
        first, last = plan("先完成", 0), plan("后完成", 0)
    does(alliance, "doctor_a", follow_ups.do, first)
    clock.advance(2 * 86400 + 1)
    does(alliance, "doctor_a", follow_ups.decline, last, "患者拒绝")
    me = alliance.people["doctor_a"]

    def every(match: queries.FollowUpMatch, limit: int) -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        with alliance.system.read() as work:
            while True:
                page = queries.follow_ups(work, me, match, cursor, limit)
                found += [one.row.id for one in page.items]
                if page.next is None:
                    assert page.total == len(found)
                    return found
                cursor = page.next

    assert every(queries.FollowUpMatch(), 100) == [*dated, theirs, undated, last, first]
    assert every(queries.FollowUpMatch("overdue", mine=True), 2) == dated[:3]
    assert every(queries.FollowUpMatch("planned", mine=True), 200) == [*dated, undated]
    with alliance.system.read() as work:
        counts = queries.follow_ups(work, me, limit=1).counts
        assert counts == {"overdue": 3, "mine": 206, "planned": 207, "ended": 2}
        with refused("cursor.invalid", Meaning.INVALID):
            queries.follow_ups(work, me, cursor="W10=")
