"""Consultations in a real database: the whole way, who may, what each side is told, and what the clock does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from teleconsult import access, consult, referral, reporting
from teleconsult.access import SYSTEM, Grant, Role, Thing, add_person, case_shares_of, permits, shares_of
from teleconsult.consult import queries
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning
from teleconsult.reporting import papers_of
from tests.builders import Alliance
from tests.records.consulting import OPINION, SUMMARY, Desk, a_desk
from tests.records.desk import RING, SIGNER, refused


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


# ---------------------------------------------------------------- the whole way


def test_a_consultation_in_writing_goes_from_draft_to_closed(desk: Desk) -> None:
    key = desk.signed()
    desk.does("doctor_a", consult.feedback, key, "adopted", "", 5)
    desk.does("expert", consult.rate_request, key, 4)
    desk.does("doctor_a", consult.close, key)
    row = desk.row(key)
    assert (row.state, row.adoption, row.rating_by_requester, row.rating_by_expert) == ("closed", "adopted", 5, 4)
    assert desk.facts() == [
        "ConsultationDrafted", "ConsultationSubmitted", "ConsultationAccepted", "ConsultationAssigned", "OpinionDrafted", "OpinionSigned",
        "OpinionAnswered", "RequestRated", "ConsultationClosed",
    ]  # fmt: skip
    assert desk.told("coordinator") == ["consultation.submitted"]
    assert desk.told("expert") == ["consultation.assigned", "consultation.feedback"]
    assert desk.told("doctor_a") == [
        "consultation.accepted",
        "consultation.assigned",
        "consultation.signed",
    ], "one signature, one notice"


def test_a_case_without_a_summary_takes_that_of_the_request(desk: Desk) -> None:
    desk.does("doctor_a", referral.edit_case, desk.case_id, {"summary": ""})
    key = desk.submitted()
    with desk.alliance.system.read() as work:
        assert work.get(referral.CaseRow, desk.case_id).summary == SUMMARY
    desk.does("doctor_a", referral.edit_case, desk.case_id, {"summary": "自己的摘要"})
    desk.does("doctor_a", consult.cancel, key, "重写")
    desk.submitted()
    with desk.alliance.system.read() as work:
        assert work.get(referral.CaseRow, desk.case_id).summary == "自己的摘要", "never replaced"


def test_a_consultation_with_a_room_begins_when_both_sides_have_come_in(desk: Desk) -> None:
    key, room = desk.open_room()
    desk.does("expert", consult.admit, room)
    assert desk.row(key).state == "scheduled", "one side alone is no consultation"
    desk.does("doctor_a", consult.admit, room)
    assert desk.row(key).state == "in_session"
    version = desk.row(key).version
    desk.does("expert", consult.write_opinion, key, OPINION, version)
    desk.does("expert", consult.sign, key, SIGNER, desk.row(key).version)
    assert desk.row(key).state == "signed"


def test_who_sits_in_the_room_has_confirmed(desk: Desk) -> None:
    key = desk.scheduled(60)
    desk.clock.advance(51 * 60)
    for login in ("doctor_a", "expert"):
        desk.does(login, consult.admit, desk.room_of(key))
    row = desk.row(key)
    assert (row.state, row.confirmed_expert, row.confirmed_requester) == (
        "in_session",
        desk.clock.now(),
        desk.clock.now(),
    )


def test_the_opinion_is_signed_as_a_paper_that_verifies_and_says_everything(desk: Desk) -> None:
    key = desk.signed()
    with desk.alliance.system.read() as work:
        (paper,) = papers_of(work, "opinion", key)
        verified = reporting.verify_paper(work, RING, paper.id)
        content = reporting.queries.content_of(paper)
    assert (paper.id, paper.case_id) == (desk.row(key).paper_id, desk.case_id)
    assert verified.valid
    assert content["patient"]["name"] == "测试1"
    assert dict(content["sections"])["诊断意见"] == OPINION["diagnosis"]
    assert dict(content["facts"])["申请医院"] == "示例一县医院"


# ---------------------------------------------------------------- the request


def test_a_draft_is_kept_as_it_grows_and_tells_nobody(desk: Desk) -> None:
    row = desk.does("doctor_a", consult.draft, desk.case_id, {})
    assert row.completeness == 0
    told = desk.facts()
    saved = desk.does(
        "doctor_a", consult.save, row.id, {"question": "右上肺结节如何处理？", "study_ids": desk.study_ids}, row.version
    )
    assert (saved.completeness, saved.version) == (45, 2)
    again = desk.does("doctor_a", consult.save, row.id, {"question": "右上肺结节如何处理？"}, 2)
    assert again.version == 2, "the same text keeps its version"
    with refused("version.stale"):
        desk.does("doctor_a", consult.save, row.id, {"question": "别的窗口"}, 1)
    assert desk.facts() == told
    with desk.alliance.system.read() as work:
        assert queries.consultations(work, desk.who("coordinator"), queries.Match()).total == 0, (
            "a draft is its hospital's alone"
        )


@pytest.mark.parametrize("field", ["question", "summary", "centre", "studies"])
def test_a_request_that_lacks_what_it_needs_is_not_submitted(desk: Desk, field: str) -> None:
    empty: dict[str, Any] = {
        "question": {"question": " "},
        "summary": {"summary": ""},
        "centre": {"centre_site_id": None},
        "studies": {"study_ids": []},
    }
    row = desk.drafted(**empty[field])
    with refused("consultation.incomplete", Meaning.INVALID):
        desk.does("doctor_a", consult.submit, row.id)


def test_studies_of_another_case_and_ones_own_hospital_as_centre_are_refused(desk: Desk) -> None:
    with refused("consultation.study", Meaning.INVALID):
        desk.drafted(study_ids=["0" * 32])
    for centre in (desk.sites["county_a"], "0" * 32):
        with refused("consultation.centre", Meaning.INVALID):
            desk.drafted(centre_site_id=centre)


def test_only_a_hospital_where_somebody_triages_is_offered_and_asked(desk: Desk) -> None:
    def offered() -> list[str]:
        with desk.alliance.system.read() as work:
            return [row.id for row in queries.centres(work)]

    assert offered() == [desk.sites["city"], desk.sites["county_b"]], "at the township nobody could see a request"
    row = desk.drafted(centre_site_id=desk.sites["township"])
    with refused("consultation.centre_unstaffed", Meaning.INVALID):
        desk.does("doctor_a", consult.submit, row.id)
    assert desk.row(row.id).state == "draft", "nothing is lost"
    key = desk.submitted()
    with refused("consultation.centre_unstaffed", Meaning.INVALID):
        desk.does("coordinator", consult.route, key, desk.sites["township"], "就近")
    with desk.alliance.system.work() as work:
        access.change_person(work, SYSTEM, desk.who("coordinator_b").id, disabled=True)
    assert offered() == [desk.sites["city"]], "who is disabled triages nothing"
    with refused("consultation.centre_unstaffed", Meaning.INVALID):
        desk.does("coordinator", consult.route, key, desk.sites["county_b"], "就近")


def test_only_the_hospital_of_the_case_asks_about_it(desk: Desk) -> None:
    for login in ("doctor_b", "coordinator", "expert"):
        with refused("case.absent", Meaning.ABSENT):
            desk.does(login, consult.draft, desk.case_id, {})
    with refused("permit.refused", Meaning.FORBIDDEN):
        desk.does("auditor", consult.draft, desk.case_id, {})


# ---------------------------------------------------------------- triage


def test_submission_lets_the_centre_see_the_case_and_the_studies_asked_about(desk: Desk) -> None:
    row = desk.drafted()
    assert sees(desk, "coordinator") == (False, False)
    desk.does("doctor_a", consult.submit, row.id)
    assert sees(desk, "coordinator") == (True, True)
    assert sees(desk, "coordinator", 1) == (True, False), "the other study was not asked about"
    assert sees(desk, "expert") == (False, False)
    assert sees(desk, "coordinator_b") == (False, False)


def test_another_centre_is_asked_and_the_first_sees_the_case_no_longer(desk: Desk) -> None:
    key = desk.submitted()
    desk.clock.advance(3600)
    desk.does("coordinator", consult.route, key, desk.sites["county_b"], "本院无胸外科")
    row = desk.row(key)
    assert (row.state, row.centre_site_id, row.due_at) == ("submitted", desk.sites["county_b"], desk.ahead(hours=2))
    assert (sees(desk, "coordinator"), sees(desk, "coordinator_b")) == ((False, False), (True, True))
    with refused("consultation.absent", Meaning.ABSENT):
        desk.does("coordinator", consult.accept, key)
    desk.does("coordinator_b", consult.accept, key)


def test_the_coordinator_of_one_consultation_does_not_triage_another_of_the_same_case(desk: Desk) -> None:
    desk.submitted(centre_site_id=desk.sites["county_b"])
    other = desk.submitted()
    assert sees(desk, "coordinator_b")[0]
    for action in (consult.accept, consult.reject, consult.cancel):
        with refused("permit.refused", Meaning.FORBIDDEN):
            desk.does("coordinator_b", action, other, *(["不归我"] if action is not consult.accept else []))
    assert "accept" not in view(desk, "coordinator_b", other).verbs
    assert "accept" in view(desk, "coordinator", other).verbs


def test_the_clock_stands_while_a_supplement_is_awaited(desk: Desk) -> None:
    key = desk.submitted()
    due = desk.row(key).due_at
    assert due == desk.ahead(hours=2)
    desk.clock.advance(600)
    desk.does("coordinator", consult.ask_supplement, key, "请补充凝血功能与肺功能")
    assert view(desk, "coordinator", key).band == "grey"
    desk.clock.advance(5 * 3600)
    desk.does("doctor_a", consult.supplement, key, "已补充", [desk.study_ids[1]])
    row = desk.row(key)
    assert (row.state, row.paused_at, row.due_at) == ("submitted", None, due + timedelta(hours=5))
    assert sees(desk, "coordinator", 1) == (True, True), "what was added is seen as well"
    assert desk.told("coordinator") == ["consultation.submitted", "consultation.supplemented"]


def test_a_rejection_says_why_and_ends_the_centres_sight(desk: Desk) -> None:
    key = desk.submitted()
    with refused("field.empty", Meaning.INVALID):
        desk.does("coordinator", consult.reject, key, " ")
    desk.does("coordinator", consult.reject, key, "重复申请")
    assert (desk.row(key).state, desk.row(key).end_reason) == ("rejected", "重复申请")
    assert sees(desk, "coordinator") == (False, False)
    assert "consultation.rejected" in desk.told("doctor_a")


# ---------------------------------------------------------------- expert and time


def test_an_expert_sees_case_and_pictures_from_the_invitation_to_seven_days_after_the_end(desk: Desk) -> None:
    key = desk.accepted()
    assert sees(desk, "expert") == (False, False)
    desk.does("coordinator", consult.assign, key, desk.who("expert").id)
    assert sees(desk, "expert") == (True, True)
    assert sees(desk, "expert", 1) == (True, False)
    assert sees(desk, "expert2") == (False, False), "a colleague of the same hospital was not invited"
    version = desk.row(key).version
    desk.does(
        "expert", consult.sign, key, SIGNER, desk.does("expert", consult.write_opinion, key, OPINION, version).version
    )
    desk.does("doctor_a", consult.feedback, key, "partly", "已手术")
    desk.does("doctor_a", consult.close, key)
    desk.clock.advance(timedelta(days=7).total_seconds() - 1)
    assert sees(desk, "expert") == (True, True)
    desk.clock.advance(1)
    assert sees(desk, "expert") == (False, False)
    assert sees(desk, "coordinator") == (True, True), "the centre keeps its own archive longer"
    with refused("consultation.absent", Meaning.ABSENT):
        view(desk, "expert", key)


def test_another_expert_instead_ends_the_first_ones_sight(desk: Desk) -> None:
    key = desk.scheduled()
    room = desk.room_of(key)
    desk.does(
        "coordinator",
        consult.assign,
        key,
        desk.who("expert2").id,
        desk.ahead(minutes=90),
        30,
        [desk.who("expert_b").id],
    )
    assert sees(desk, "expert") == (False, False)
    assert (sees(desk, "expert2"), sees(desk, "expert_b")) == ((True, True), (True, True))
    assert desk.room_of(key) != room, "a room of its own for the new time"
    assert "RoomClosed" in desk.facts("room")


def test_both_sides_confirm_and_either_declines(desk: Desk) -> None:
    key = desk.scheduled()
    with refused("consultation.not_confirmed"):
        desk.does("expert", consult.start, key)
    desk.does("expert", consult.confirm, key)
    assert desk.does("expert", consult.confirm, key).version == desk.row(key).version, "again is harmless"
    desk.does("doctor_a", consult.confirm, key)
    with refused("consultation.too_early"):
        desk.does("expert", consult.start, key)
    desk.does("expert", consult.decline_time, key, "急诊手术")
    row = desk.row(key)
    assert (row.state, row.expert_id, row.declined_by, row.room_id) == ("accepted", None, "expert", None)
    assert sees(desk, "expert") == (False, False)
    assert "consultation.time_declined" in desk.told("coordinator")


def test_nobody_is_booked_twice_outside_their_hours_or_over_their_number(desk: Desk) -> None:
    key, other = desk.accepted(), desk.accepted()
    expert = desk.who("expert").id
    desk.does("coordinator", consult.assign, key, expert, desk.ahead(minutes=60), 30)
    with refused("expert.busy"):
        desk.does("coordinator", consult.assign, other, expert, desk.ahead(minutes=80), 30)
    desk.does("coordinator", consult.assign, key, expert, desk.ahead(minutes=70), 30)
    desk.does("expert", consult.describe, expert, {"most_open": 1})
    with refused("expert.full"):
        desk.does("coordinator", consult.assign, other, expert)
    desk.does("expert", consult.describe, expert, {"most_open": 5, "hours": {"mon": [["08:00", "12:00"]]}})
    with refused("expert.outside_hours"):
        desk.does("coordinator", consult.assign, other, expert, desk.ahead(hours=3), 30)
    desk.does("expert", consult.describe, expert, {"accepting": False})
    with refused("expert.not_accepting"):
        desk.does("coordinator", consult.assign, other, expert)
    with refused("expert.absent", Meaning.INVALID):
        desk.does("coordinator", consult.assign, other, desk.who("reader").id)


def test_an_urgent_one_goes_over_hours_and_number(desk: Desk) -> None:
    desk.does(
        "expert", consult.describe, desk.who("expert").id, {"most_open": 0, "hours": {"mon": [["08:00", "09:00"]]}}
    )
    key = desk.accepted(urgency="urgent")
    desk.does("coordinator", consult.assign, key, desk.who("expert").id, desk.ahead(minutes=20), 30)
    assert desk.row(key).state == "scheduled"


def test_who_asks_does_not_answer(desk: Desk) -> None:
    with refused("consultation.expert", Meaning.INVALID):
        desk.does("coordinator", consult.assign, desk.accepted(), desk.who("doctor_a").id)


# ---------------------------------------------------------------- the opinion


def test_only_the_expert_writes_and_signs_and_nobody_acts_on_a_draft(desk: Desk) -> None:
    key = desk.accepted()
    desk.does("coordinator", consult.assign, key, desk.who("expert").id, None, 30, [desk.who("expert2").id])
    version = desk.row(key).version
    for login, code in (
        ("doctor_a", "permit.refused"),
        ("coordinator", "permit.refused"),
        ("expert2", "consultation.not_the_expert"),
    ):
        with refused(code, Meaning.FORBIDDEN):
            desk.does(login, consult.write_opinion, key, OPINION, version)
    desk.does("expert", consult.write_opinion, key, OPINION, version)
    assert view(desk, "expert", key).row["diagnosis"] == OPINION["diagnosis"]
    assert view(desk, "doctor_a", key).row["diagnosis"] == ""
    with refused("version.stale"):
        desk.does("expert", consult.sign, key, SIGNER, version)


def test_an_opinion_without_a_section_is_not_signed_and_a_signed_one_does_not_change(desk: Desk) -> None:
    key = desk.assigned()
    row = desk.does("expert", consult.write_opinion, key, {"diagnosis": "待定"}, desk.row(key).version)
    with refused("consultation.opinion_incomplete", Meaning.INVALID):
        desk.does("expert", consult.sign, key, SIGNER, row.version)
    row = desk.does("expert", consult.write_opinion, key, OPINION, row.version)
    desk.does("expert", consult.sign, key, SIGNER, row.version)
    with refused("move.illegal"):
        desk.does("expert", consult.write_opinion, key, OPINION, desk.row(key).version)
    with refused("move.illegal"):
        desk.does("doctor_a", consult.cancel, key, "不需要了")


def test_an_expert_declines_also_after_the_first_words_and_the_next_one_begins_with_none(desk: Desk) -> None:
    key = desk.assigned()
    row = desk.does("expert", consult.write_opinion, key, {"diagnosis": "待定"}, desk.row(key).version)
    assert view(desk, "expert", key).row["refer"] == "", "nobody has chosen yet"
    assert "decline_time" in view(desk, "expert", key).verbs
    assert "decline_time" not in view(desk, "doctor_a", key).verbs
    with refused("consultation.not_the_expert", Meaning.FORBIDDEN):
        desk.does("doctor_a", consult.decline_time, key, "不等了")
    desk.does("expert", consult.decline_time, key, "非本专业")
    row = desk.row(key)
    assert (row.state, row.expert_id, row.diagnosis, row.opinion_at) == ("accepted", None, "", None)
    assert sees(desk, "expert") == (False, False)
    desk.does("coordinator", consult.assign, key, desk.who("expert2").id)
    assert view(desk, "expert2", key).row["diagnosis"] == ""


def test_policy_may_ask_for_a_higher_title(desk: Desk) -> None:
    key = desk.accepted()
    desk.does("coordinator", consult.assign, key, desk.who("expert_b").id)
    with refused("consultation.title_too_low", Meaning.FORBIDDEN):
        desk.does("coordinator", consult.assign, key, desk.who("expert_b").id, least=access.Title.ASSOCIATE_CHIEF)
    row = desk.does("expert_b", consult.write_opinion, key, OPINION, desk.row(key).version)
    with refused("consultation.title_too_low", Meaning.FORBIDDEN):
        desk.does("expert_b", consult.sign, key, SIGNER, row.version, least=access.Title.ASSOCIATE_CHIEF)


def test_what_was_not_adopted_says_why(desk: Desk) -> None:
    key = desk.signed()
    with refused("consultation.no_feedback"):
        desk.does("doctor_a", consult.close, key)
    with refused("field.empty", Meaning.INVALID):
        desk.does("doctor_a", consult.feedback, key, "not", " ")
    with refused("permit.refused", Meaning.FORBIDDEN):
        desk.does("expert", consult.feedback, key, "adopted", "")
    desk.does("doctor_a", consult.feedback, key, "not", "家属拒绝")
    assert desk.row(key).adoption == "not"


def test_the_directory_comes_page_by_page_and_names_to_their_coordinator_who_is_not_in_it_yet(desk: Desk) -> None:
    with desk.alliance.system.work() as work:
        city = desk.alliance.sites["city"]
        add_person(work, SYSTEM, "expert3", "测试专家丁", "chief", city, [Grant(Role.EXPERT, city)])
    with desk.alliance.system.read() as work:
        everybody = queries.experts(work)
        first = queries.experts(work, limit=2)
        second = queries.experts(work, limit=2, cursor=first.next)
    assert (first.total, len(first.rows), first.next) == (len(everybody.rows), 2, "2")
    assert [one.person_id for one in (*first.rows, *second.rows)] == [one.person_id for one in everybody.rows][:4]
    (missing,) = unlisted(desk, "coordinator")
    assert missing.name == "测试专家丁"
    assert (unlisted(desk, "coordinator_b"), unlisted(desk, "doctor_a")) == ([], [])
    desk.does("coordinator", consult.describe, missing.id, {"specialty": "cardiology"})
    assert unlisted(desk, "coordinator") == []


def unlisted(desk: Desk, login: str) -> Any:
    with desk.alliance.system.read() as work:
        return queries.unlisted(work, desk.who(login))


def test_an_expert_in_a_consultation_is_not_offered_as_free_now(desk: Desk) -> None:
    def shown() -> Any:
        with desk.alliance.system.read() as work:
            return queries.expert(work, desk.who("expert").id)

    assert shown().available_now
    desk.in_session()
    busy = shown()
    assert not busy.available_now
    assert busy.free_at >= desk.clock.now() + timedelta(minutes=40), "it begins in ten minutes and takes thirty"
    desk.clock.advance(45 * 60)
    assert not shown().available_now, "it runs over its time"
    with desk.alliance.system.read() as work:
        others = {one.person_id: one for one in queries.experts(work).rows}
    assert others[desk.who("expert2").id].available_now


def test_what_is_missing_has_a_limit_that_both_sides_see_and_is_no_alarm_at_once(desk: Desk) -> None:
    def row() -> Any:
        with desk.alliance.system.read() as work:
            items, _ = queries.desk(work, desk.who("doctor_a"))
        return next(one for one in items if one.kind == "consultation_supplement")

    key = desk.submitted()
    asked_at = desk.clock.now()
    desk.does("coordinator", consult.ask_supplement, key, "请补充知情同意书")
    assert (row().band, row().due_at) == ("blue", asked_at + timedelta(hours=72))
    for login in ("doctor_a", "coordinator"):
        assert view(desk, login, key).row["supplement_due_at"] == asked_at + timedelta(hours=72)
    desk.clock.advance(60 * 3600)
    assert row().band == "yellow"


def test_what_is_added_to_the_case_counts_for_completeness_before_the_supplement_is_sent(desk: Desk) -> None:
    key = desk.submitted()
    before = view(desk, "coordinator", key)
    assert before.row["completeness"] == 75
    desk.does("coordinator", consult.ask_supplement, key, "请补充知情同意书")
    desk.does(
        "doctor_a", referral.attach, desk.case_id, "consent", "同意书.pdf", "application/pdf", "0" * 64, 9, "none"
    )
    assert view(desk, "doctor_a", key).row["completeness"] == 90
    with desk.alliance.system.read() as work:
        page = queries.consultations(work, desk.who("doctor_a"), queries.Match())
    assert [one.row["completeness"] for one in page.rows] == [90], "the list says the same"
