"""Referrals up and down: who has the patient, who sees what from when to when, of two who accept one wins."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from teleconsult import access, referral
from teleconsult.access import Grant, Role
from teleconsult.imaging import find
from teleconsult.imaging.tables import StudyRow
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.referral import CaseRow, ReferralRow, queries
from teleconsult.referral.queries import ReferralMatch
from tests.builders import Alliance
from tests.records.desk import does, refused
from tests.records.house import a_study
from tests.records.referring import DOWN, GREEN, a_case, seen, sent, swept, told, written


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


@pytest.fixture
def accepted(alliance: Alliance, submitted: ReferralRow) -> ReferralRow:
    row: ReferralRow = does(alliance, "coordinator", referral.accept, submitted.id, "胸外科", "12 床")
    return row


def sees_study(alliance: Alliance, login: str, study_id: str) -> bool:
    actor = alliance.people[login]
    with alliance.system.read() as work:
        return access.permits(actor, "study.images", access.Thing(study_id, access.shares_of(work, study_id)))


def listed(alliance: Alliance, login: str, **asked: Any) -> list[str]:
    with alliance.system.read() as work:
        page = queries.referrals(work, alliance.people[login], ReferralMatch(**asked))
        assert page.total == len(page.rows)
        return [line.row.id for line in page.rows]


def test_what_a_summary_advises_is_tracked_as_the_senders_to_do(
    alliance: Alliance, accepted: ReferralRow, clock: FixedClock
) -> None:
    does(alliance, "coordinator", referral.arrive, accepted.id)
    advised = [("复查增强CT", clock.now() + timedelta(days=30)), ("继续抗凝", None)]
    with refused("field.empty", Meaning.INVALID):
        does(alliance, "coordinator", referral.complete, accepted.id, "improved", "好转", None, [(" ", None)])
    does(alliance, "coordinator", referral.complete, accepted.id, "improved", "好转", None, advised)
    with alliance.system.read() as work:
        mine = queries.follow_ups(work, alliance.people["doctor_a"], queries.FollowUpMatch("planned", mine=True)).items
        theirs = queries.follow_ups(work, alliance.people["coordinator"], queries.FollowUpMatch(mine=True)).items
    assert [(one.row.text, one.row.due_at) for one in mine] == advised
    assert all(one.row.from_id == accepted.id and "do" in one.verbs for one in mine)
    assert theirs == ()
    assert swept(alliance, clock, days=30) == ["ReferralClosed", "FollowUpDue"]
    assert told(alliance, "doctor_a")[-1] == "followup.due"


def test_a_draft_is_the_senders_alone(alliance: Alliance, case: CaseRow) -> None:
    row = written(alliance, case.id)
    assert seen(alliance, "doctor_a", row.id).verbs == ("save", "submit", "cancel")
    for login in ("coordinator", "doctor_b", "auditor", "administrator", "reader"):
        with refused("referral.absent", Meaning.ABSENT):
            seen(alliance, login, row.id)
        assert listed(alliance, login) == []
    assert listed(alliance, "doctor_a", box="out", state="draft") == [row.id]


def test_a_sent_referral_shows_the_case_to_the_receiving_office_but_no_image_before_it_accepts(
    alliance: Alliance, case: CaseRow, study: StudyRow, submitted: ReferralRow
) -> None:
    assert seen(alliance, "coordinator", submitted.id).verbs == ("accept", "redirect", "ask", "decline")
    assert seen(alliance, "doctor_a", submitted.id).verbs == ("cancel",)
    assert told(alliance, "coordinator") == ["referral.submitted"]
    with alliance.system.read() as work:
        shown = queries.case(work, alliance.people["coordinator"], case.id)
    assert [one.problem for one in shown.studies] == ["study.not_shared"]
    assert not sees_study(alliance, "coordinator", study.id)
    with refused("referral.absent", Meaning.ABSENT):
        seen(alliance, "doctor_b", submitted.id)


def test_acceptance_opens_the_studies_and_ninety_days_after_closing_they_are_gone(
    alliance: Alliance, study: StudyRow, accepted: ReferralRow, clock: FixedClock
) -> None:
    assert sees_study(alliance, "coordinator", study.id)
    assert told(alliance, "doctor_a") == ["referral.accepted"]
    for act, login, given in (
        (referral.depart, "doctor_a", ("救护车随车医生", "示例A0001")), (referral.arrive, "coordinator", ()),
        (referral.complete, "coordinator", ("improved", "术后恢复良好")), (referral.close, "doctor_a", ()),
    ):  # fmt: skip
        does(alliance, login, act, accepted.id, *given)
    assert told(alliance, "doctor_a") == ["referral.accepted", "referral.arrived", "referral.completed"]
    clock.advance(timedelta(days=90).total_seconds() - 1)
    assert sees_study(alliance, "coordinator", study.id)
    assert seen(alliance, "coordinator", accepted.id).row.outcome_text == "术后恢复良好"
    clock.advance(2)
    assert not sees_study(alliance, "coordinator", study.id)
    with refused("referral.absent", Meaning.ABSENT):
        seen(alliance, "coordinator", accepted.id)
    assert seen(alliance, "doctor_a", accepted.id).row.state == "closed"


def test_of_two_offices_that_accept_one_referral_at_once_exactly_one_wins(
    alliance: Alliance, submitted: ReferralRow
) -> None:
    with alliance.system.work() as work:
        ward = [Grant(Role.COUNTY_DOCTOR, alliance.sites["city"])]
        access.add_person(work, access.SYSTEM, "ward", "测试病房医生", "chief", alliance.sites["city"], ward)
    with alliance.system.read() as work:
        alliance.people["ward"] = access.actor_by_login(work, "ward")
    won = _race(alliance, [("coordinator", submitted.id), ("ward", submitted.id)])
    winner = seen(alliance, "doctor_a", submitted.id)
    assert winner.accepted_by is not None
    assert sorted(won) == sorted(["accepted", "referral.accepted_by_other"]), won
    again = "ward" if winner.accepted_by.name == "测试协调员" else "coordinator"
    with pytest.raises(Refused) as refusal:
        does(alliance, again, referral.accept, submitted.id)
    assert refusal.value.params["name"] == winner.accepted_by.name


def test_of_two_hospitals_asked_about_one_patient_exactly_one_gets_them(alliance: Alliance, case: CaseRow) -> None:
    first, second = sent(alliance, case.id, "city"), sent(alliance, case.id, "county_b")
    won = _race(alliance, [("coordinator", first.id), ("doctor_b", second.id)])
    assert sorted(won)[0] == "accepted"
    assert sorted(won)[1] in ("move.illegal", "referral.accepted_by_other"), won
    states = sorted(seen(alliance, "doctor_a", row.id).row.state for row in (first, second))
    assert states == ["accepted", "cancelled"]
    third = sent(alliance, case.id, "city")
    with refused("referral.accepted_by_other"):
        does(alliance, "coordinator", referral.accept, third.id)


def _race(alliance: Alliance, runners: list[tuple[str, str]]) -> list[str]:
    start, said = threading.Barrier(len(runners)), []

    def accept(login: str, referral_id: str) -> None:
        start.wait()
        try:
            said.append(does(alliance, login, referral.accept, referral_id).state)
        except Refused as refusal:
            said.append(refusal.code)

    threads = [threading.Thread(target=accept, args=runner) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


def test_the_database_itself_keeps_a_patient_from_being_on_two_ways(
    alliance: Alliance, case: CaseRow, accepted: ReferralRow
) -> None:
    other = sent(alliance, case.id, "county_b")
    with pytest.raises(IntegrityError), alliance.system.work() as work:
        work.keep(work.get(ReferralRow, other.id), state="accepted", accepted_at=work.now)


def test_the_green_channel_is_accepted_at_once_and_cannot_be_overheard(
    alliance: Alliance, case: CaseRow, study: StudyRow
) -> None:
    row = sent(alliance, case.id, **GREEN)
    assert (row.state, row.accepted_by_id) == ("accepted", None)
    assert told(alliance, "coordinator") == ["critical.green_channel"]
    assert sees_study(alliance, "coordinator", study.id)


def test_the_green_channel_that_nobody_agreed_to_beforehand_waits_a_quarter_of_an_hour(
    alliance: Alliance, case: CaseRow, clock: FixedClock
) -> None:
    row = sent(alliance, case.id, **{**GREEN, "disease": "trauma", "ticked": ["head"]})
    assert (row.state, row.due_at) == ("submitted", clock.now() + timedelta(minutes=15))


def test_the_other_hospital_has_a_redirected_referral_and_the_first_only_until_tomorrow(
    alliance: Alliance, submitted: ReferralRow, clock: FixedClock
) -> None:
    to = alliance.sites["county_b"]
    moved = does(alliance, "coordinator", referral.redirect, submitted.id, to, "专科在贵院")
    assert (moved.state, moved.to_site_id, moved.trail[0]["reason"]) == ("submitted", to, "专科在贵院")
    assert told(alliance, "doctor_b") == ["referral.submitted"]
    with refused("permit.refused", Meaning.FORBIDDEN):
        does(alliance, "coordinator", referral.accept, submitted.id)
    clock.advance(24 * 3600)
    with refused("referral.absent", Meaning.ABSENT):
        seen(alliance, "coordinator", submitted.id)
    assert seen(alliance, "doctor_b", submitted.id).others[alliance.sites["city"]] == "示例市医院"
    does(alliance, "doctor_b", referral.accept, submitted.id)
    for back in ("county_a", "county_b"):
        with refused("move.illegal"):
            does(alliance, "doctor_b", referral.redirect, submitted.id, alliance.sites[back], "x")


def test_a_question_stops_the_clock_and_its_answer_starts_it(
    alliance: Alliance, submitted: ReferralRow, clock: FixedClock
) -> None:
    due = submitted.due_at
    assert due == clock.now() + timedelta(hours=1)
    does(alliance, "coordinator", referral.ask, submitted.id, "有无近期增强CT?")
    assert told(alliance, "doctor_a") == ["referral.asked"]
    with refused("move.illegal"):
        does(alliance, "coordinator", referral.accept, submitted.id)
    clock.advance(5 * 3600)
    assert seen(alliance, "doctor_a", submitted.id).band == "grey"
    answered = does(alliance, "doctor_a", referral.answer, submitted.id, "已补充")
    assert answered.due_at == due + timedelta(hours=5)
    does(alliance, "coordinator", referral.accept, submitted.id)


def test_a_no_needs_its_reason_and_ends_what_the_other_sees_by_tomorrow(
    alliance: Alliance, submitted: ReferralRow, clock: FixedClock
) -> None:
    with refused("referral.reason", Meaning.INVALID):
        does(alliance, "coordinator", referral.decline, submitted.id, "because")
    with refused("field.empty", Meaning.INVALID):
        does(alliance, "coordinator", referral.decline, submitted.id, "other", " ")
    does(alliance, "coordinator", referral.decline, submitted.id, "no_bed")
    assert told(alliance, "doctor_a") == ["referral.declined"]
    assert seen(alliance, "coordinator", submitted.id).verbs == ()
    clock.advance(24 * 3600)
    with refused("referral.absent", Meaning.ABSENT):
        seen(alliance, "coordinator", submitted.id)


def test_only_who_acts_for_the_right_hospital_moves_a_referral(alliance: Alliance, submitted: ReferralRow) -> None:
    receivers: dict[Any, tuple[str, ...]] = {
        referral.accept: (), referral.decline: ("no_bed",), referral.ask: ("?",), referral.arrive: (), referral.turn_back: (),
    }  # fmt: skip
    senders: dict[Any, tuple[str, ...]] = {referral.cancel: ("x",), referral.answer: ("x",), referral.depart: ()}
    for login, acts in (("doctor_a", receivers), ("coordinator", senders), ("auditor", {**senders, **receivers})):
        for act, given in acts.items():
            with refused("permit.refused", Meaning.FORBIDDEN):
                does(alliance, login, act, submitted.id, *given)
    for act, given in {**senders, **receivers}.items():
        with refused("referral.absent", Meaning.ABSENT):
            does(alliance, "doctor_b", act, submitted.id, *given)


def test_a_study_added_while_the_patient_is_treated_is_seen_on_both_sides(
    alliance: Alliance, case: CaseRow, study: StudyRow, accepted: ReferralRow
) -> None:
    with alliance.system.work() as work:
        again = a_study(work, study.site_id, 2, patient_id=study.patient_id)
    does(alliance, "doctor_a", referral.add_study, case.id, again.id)
    assert sees_study(alliance, "coordinator", again.id)
    with alliance.system.work() as work:
        theirs = a_study(work, alliance.sites["city"], 3, name="测试^1")
    does(alliance, "coordinator", referral.add_study, case.id, theirs.id)
    assert sees_study(alliance, "doctor_a", theirs.id)


def test_a_cancelled_referral_takes_the_studies_back(
    alliance: Alliance, study: StudyRow, accepted: ReferralRow, clock: FixedClock
) -> None:
    does(alliance, "doctor_a", referral.cancel, accepted.id, "家属放弃转院")
    assert told(alliance, "coordinator")[-1] == "referral.cancelled"
    clock.advance(24 * 3600)
    assert not sees_study(alliance, "coordinator", study.id)


def test_a_patient_on_the_way_is_not_cancelled(alliance: Alliance, accepted: ReferralRow) -> None:
    does(alliance, "doctor_a", referral.depart, accepted.id)
    with refused("referral.cancel_too_late"):
        does(alliance, "doctor_a", referral.cancel, accepted.id, "x")


def test_down_again_with_plan_and_pathway_and_up_again_when_it_gets_worse(
    alliance: Alliance, case: CaseRow, accepted: ReferralRow, study: StudyRow, clock: FixedClock
) -> None:
    does(alliance, "coordinator", referral.arrive, accepted.id)
    does(alliance, "coordinator", referral.complete, accepted.id, "improved", "PCI 术后")
    down = does(alliance, "coordinator", referral.turn_back, accepted.id)
    assert (down.direction, down.to_site_id, down.turned_from_id) == ("down", alliance.sites["county_a"], accepted.id)
    assert down.summary == "PCI 术后"
    for missing in ("plan", "medication", "turn_back"):
        does(alliance, "coordinator", referral.save, down.id, {**DOWN, missing: [] if missing == "turn_back" else ""})
        with refused("referral.incomplete", Meaning.INVALID):
            does(alliance, "coordinator", referral.submit, down.id)
    does(alliance, "coordinator", referral.save, down.id, DOWN)
    does(alliance, "coordinator", referral.submit, down.id)
    does(alliance, "doctor_a", referral.accept, down.id)
    does(alliance, "doctor_a", referral.arrive, down.id)
    with alliance.system.read() as work:
        visits = queries.follow_ups(work, alliance.people["doctor_a"], queries.FollowUpMatch("planned", mine=True))
    assert (visits.total, visits.items[0].row.text) == (11, "第 1 周首次随访")
    assert visits.items[0].row.due_at == clock.now() + timedelta(days=7)
    again = does(alliance, "doctor_a", referral.turn_back, down.id)
    assert (again.direction, again.to_site_id, again.disease) == ("up", alliance.sites["city"], "chest_pain")
    assert seen(alliance, "doctor_a", down.id).turned_to_id == again.id


def test_a_study_in_doubt_is_kept_from_those_who_were_asked_and_the_case_says_so(
    alliance: Alliance, case: CaseRow, study: StudyRow, accepted: ReferralRow
) -> None:
    with alliance.system.work() as work:
        access.hold(work, study.id, "identity.conflict")
    assert not sees_study(alliance, "coordinator", study.id)
    assert sees_study(alliance, "doctor_a", study.id), "the hospital that made it goes on"
    with alliance.system.read() as work:
        (shown,) = queries.case(work, alliance.people["coordinator"], case.id).studies
        assert (shown.problem, shown.verbs) == ("study.held", ())
        found = find.studies(work, alliance.people["coordinator"], find.Match())
        assert found.items == ()
    with alliance.system.work() as work:
        access.open_share(work, study.id, alliance.sites["county_b"], "referral", "another")
    assert not sees_study(alliance, "doctor_b", study.id)
    with alliance.system.work() as work:
        access.release(work, study.id)
    assert sees_study(alliance, "coordinator", study.id)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"consent": ""}, "referral.incomplete"),
        ({"summary": " "}, "referral.incomplete"),
        ({"to_site_id": None}, "referral.incomplete"),
        ({"consent": "paper"}, "referral.consent_missing"),
        ({"consent": "emergency", "priority": "normal"}, "referral.consent_missing"),
        ({"ticked": [], "reason": ""}, "referral.criteria_missing"),
        ({"priority": "green"}, "referral.not_green"),
        ({**GREEN, "ticked": []}, "referral.not_green"),
        ({**GREEN, "contact_phone": ""}, "referral.incomplete"),
    ],
)
def test_half_a_referral_is_kept_and_not_sent(
    fields: dict[str, Any], code: str, alliance: Alliance, case: CaseRow
) -> None:
    row = written(alliance, case.id, **fields)
    with refused(code, Meaning.INVALID):
        does(alliance, "doctor_a", referral.submit, row.id)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"priority": "soon"}, "field.choice"),
        ({"pathway": "none"}, "field.choice"),
        ({"disease": "hiccups"}, "referral.criteria"),
        ({"ticked": ["no_angina"]}, "referral.criterion"),
        ({"summary": "x" * 20_001}, "field.text"),
        ({"plan": "a\0b"}, "field.text"),
        ({"to_site_id": "nowhere"}, "site.absent"),
    ],
)
def test_what_no_form_could_hold_is_refused(
    fields: dict[str, Any], code: str, alliance: Alliance, case: CaseRow
) -> None:
    row = does(alliance, "doctor_a", referral.draft, case.id, "up")
    with pytest.raises(Refused) as refusal:
        does(alliance, "doctor_a", referral.save, row.id, fields)
    assert refusal.value.code == code


def test_a_patient_goes_up_to_no_lower_hospital_and_never_to_ones_own(alliance: Alliance, case: CaseRow) -> None:
    low = written(alliance, case.id, to="township")
    with refused("referral.direction", Meaning.INVALID):
        does(alliance, "doctor_a", referral.submit, low.id)
    with refused("referral.same_site", Meaning.INVALID):
        does(alliance, "doctor_a", referral.save, low.id, {"to_site_id": alliance.sites["county_a"]})


def test_a_referral_is_redirected_to_no_lower_hospital_either(alliance: Alliance, submitted: ReferralRow) -> None:
    with refused("referral.direction", Meaning.INVALID):
        does(alliance, "coordinator", referral.redirect, submitted.id, alliance.sites["township"], "x")


def test_a_paper_of_consent_is_enough_until_it_is_withdrawn(alliance: Alliance, case: CaseRow) -> None:
    row = written(alliance, case.id, consent="paper")
    paper = does(
        alliance,
        "doctor_a",
        referral.attach,
        case.id,
        "consent",
        "x.pdf",
        "application/pdf",
        "a" * 64,
        1,
        "attachments/a",
    )
    does(alliance, "doctor_a", referral.withdraw_attachment, paper.id)
    with refused("referral.consent_missing", Meaning.INVALID):
        does(alliance, "doctor_a", referral.submit, row.id)
    does(
        alliance,
        "doctor_a",
        referral.attach,
        case.id,
        "consent",
        "x.pdf",
        "application/pdf",
        "b" * 64,
        1,
        "attachments/b",
    )
    assert does(alliance, "doctor_a", referral.submit, row.id).state == "submitted"


def test_nobody_is_sent_about_a_closed_case(alliance: Alliance, case: CaseRow) -> None:
    row = written(alliance, case.id)
    does(alliance, "doctor_a", referral.close_case, case.id)
    with refused("case.closed"):
        does(alliance, "doctor_a", referral.submit, row.id)
    with refused("case.closed"):
        does(alliance, "doctor_a", referral.draft, case.id, "up")


def test_boxes_counts_and_search_hold_what_is_ones_own(alliance: Alliance, submitted: ReferralRow) -> None:
    assert listed(alliance, "coordinator", box="in", state="submitted") == [submitted.id]
    assert listed(alliance, "coordinator", box="out") == []
    assert listed(alliance, "doctor_a", box="out", q="cs1") == [submitted.id]
    assert listed(alliance, "doctor_a", q=submitted.number.lower()) == [submitted.id]
    assert listed(alliance, "auditor", direction="up") == [submitted.id]
    assert listed(alliance, "auditor", box="in") == listed(alliance, "doctor_b") == []
    with alliance.system.read() as work:
        found = queries.referrals(work, alliance.people["coordinator"]).counts
        for wrong in ({"box": "x"}, {"state": "x"}, {"direction": "x"}):
            with refused("field.choice", Meaning.INVALID):
                queries.referrals(work, alliance.people["coordinator"], ReferralMatch(**wrong))
    assert (found["to_answer"], found["running"], found["drafts"]) == (1, 1, 0)


def test_a_stale_page_changes_nothing(alliance: Alliance, submitted: ReferralRow) -> None:
    with refused("version.stale"):
        does(alliance, "coordinator", referral.decline, submitted.id, "no_bed", "", submitted.version - 1)


def test_time_alone_never_moves_a_draft(alliance: Alliance, case: CaseRow, clock: FixedClock) -> None:
    written(alliance, case.id)
    assert swept(alliance, clock, days=400) == []


def test_a_list_holds_exactly_what_each_person_may_open(alliance: Alliance, case: CaseRow) -> None:
    rows = [written(alliance, case.id), sent(alliance, case.id), sent(alliance, case.id, "county_b")]
    does(alliance, "coordinator", referral.redirect, rows[1].id, alliance.sites["county_b"], "x")
    does(alliance, "doctor_b", referral.accept, rows[2].id)
    back = does(alliance, "doctor_b", referral.draft, case.id, "down")
    assert back.from_site_id == alliance.sites["county_b"]
    for login in alliance.people:
        may_open = set()
        for row in (*rows, back):
            with suppress(Refused):
                may_open.add(seen(alliance, login, row.id).row.id)
        assert set(listed(alliance, login)) == may_open, login
    assert back.id not in listed(alliance, "doctor_a"), "a draft is the writing hospital's alone, also within one case"
