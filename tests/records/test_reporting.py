"""Reports in a real database: written by one, reviewed by another."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

from teleconsult import reading, reporting
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.reading.tables import TaskRow
from teleconsult.reporting import queries
from teleconsult.reporting.tables import ReportRow
from tests.builders import Alliance
from tests.records.conftest import AT
from tests.records.desk import SIGNER, TEXT, does, facts, refused, state_of, view

# ---------------------------------------------------------------- writing


def test_a_task_has_one_report_however_often_it_is_begun(alliance: Alliance, draft: ReportRow) -> None:
    again = does(alliance, "reader", reporting.draft, draft.task_id)
    assert (again.id, again.version) == (draft.id, 1)


def test_only_who_has_claimed_the_task_may_begin(alliance: Alliance, draft: ReportRow) -> None:
    with refused("task.claimed_by_other"):
        does(alliance, "reader2", reporting.draft, draft.task_id)
    with refused("study.absent", Meaning.ABSENT):
        does(alliance, "doctor_b", reporting.draft, draft.task_id)


def test_saving_keeps_the_text_the_claim_and_a_revision(
    alliance: Alliance, draft: ReportRow, clock: FixedClock
) -> None:
    clock.advance(600)
    first = does(alliance, "reader", reporting.save, draft.id, {"findings": "双肺\r\n清晰。"}, draft.version)
    assert (first.findings, first.impression, first.version) == ("双肺\n清晰。", "", 2)
    clock.advance(5)
    second = does(alliance, "reader", reporting.save, draft.id, {"impression": "未见异常。"}, first.version)
    same = does(alliance, "reader", reporting.save, draft.id, {"impression": "未见异常。"}, second.version)
    assert same.version == second.version == 3
    clock.advance(90)
    does(alliance, "reader", reporting.save, draft.id, {"advice": "复查。"}, second.version)
    with alliance.system.read() as work:
        task = work.get(TaskRow, draft.task_id)
        kept = queries.revisions(work, alliance.people["reader2"], draft.id)
    assert (task.lease_until, task.version) == (clock.now() + timedelta(minutes=15), 2)
    assert [(one.number, one.by.name, one.advice) for one in kept] == [
        (2, "测试读片医师", "复查。"),
        (1, "测试读片医师", ""),
    ]
    assert kept[1].begun_at == AT + timedelta(seconds=600)
    assert kept[1].at == AT + timedelta(seconds=605)


def test_a_second_window_does_not_overwrite_the_first(alliance: Alliance, draft: ReportRow) -> None:
    does(alliance, "reader", reporting.save, draft.id, {"findings": "新"}, 1)
    with refused("version.stale"):
        does(alliance, "reader", reporting.save, draft.id, {"findings": "旧"}, 1)
    assert view(alliance, "reader", draft.id).findings == "新"


def test_after_the_lease_lapsed_nothing_is_written_until_it_is_claimed_again(
    alliance: Alliance, draft: ReportRow, clock: FixedClock
) -> None:
    clock.advance(15 * 60)
    with alliance.system.work() as work:
        reading.lapse(work)
    with refused("task.not_claimed"):
        does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version)
    assert view(alliance, "reader", draft.id).verbs == ()
    does(alliance, "reader", reading.claim, draft.task_id)
    assert does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version).findings == "双肺清晰。"


def test_lapsing_while_saving_leaves_one_truth(alliance: Alliance, draft: ReportRow, clock: FixedClock) -> None:
    """Either the text is kept and the claim lives, or the claim lapsed and nothing is written. Never both, never neither."""
    clock.advance(15 * 60)
    start, outcome = threading.Barrier(2), {}

    def sweep() -> None:
        start.wait()
        with alliance.system.work() as work:
            outcome["lapsed"] = reading.lapse(work)

    def save() -> None:
        start.wait()
        try:
            does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version)
            outcome["saved"] = 1
        except Refused as refusal:
            outcome["saved"] = 0 if refusal.code == "task.not_claimed" else 99

    threads = [threading.Thread(target=sweep), threading.Thread(target=save)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcome["lapsed"] + outcome["saved"] == 1
    assert view(alliance, "reader", draft.id).findings == ("双肺清晰。" if outcome["saved"] else "")


def test_another_reader_who_claims_goes_on_with_the_text(alliance: Alliance, draft: ReportRow) -> None:
    does(alliance, "reader", reporting.save, draft.id, TEXT, draft.version)
    does(alliance, "reader", reading.release, draft.task_id, "会诊")
    does(alliance, "reader2", reading.claim, draft.task_id)
    taken = does(alliance, "reader2", reporting.draft, draft.task_id)
    assert (taken.id, taken.findings, taken.author_id) == (draft.id, "双肺清晰。", alliance.people["reader2"].id)
    with refused("report.not_author", Meaning.FORBIDDEN):
        does(alliance, "reader", reporting.save, draft.id, {}, taken.version)


# ---------------------------------------------------------------- review


def test_handing_in_moves_report_and_task_together(alliance: Alliance, draft: ReportRow, submitted: ReportRow) -> None:
    assert state_of(alliance, submitted) == ("submitted", "reported")
    assert facts(alliance) == ["TaskOpened", "TaskClaimed", "ReportDrafted", "TaskReported", "ReportSubmitted"]
    with alliance.system.read() as work:
        (only,) = queries.revisions(work, alliance.people["reader"], draft.id)
    assert only.kind == "submitted"


def test_an_unfinished_report_is_not_handed_in(alliance: Alliance, draft: ReportRow) -> None:
    with refused("report.incomplete", Meaning.INVALID):
        does(alliance, "reader", reporting.submit, draft.id)
    assert state_of(alliance, draft) == ("draft", "claimed")


def test_given_back_the_same_reader_has_it_again_with_the_reason(alliance: Alliance, submitted: ReportRow) -> None:
    does(alliance, "reviewer", reporting.take_review, submitted.id)
    does(alliance, "reviewer", reporting.give_back, submitted.id, "左右不符")
    assert state_of(alliance, submitted) == ("draft", "claimed")
    shown = view(alliance, "reader", submitted.id)
    assert (shown.return_reason, shown.returned_by and shown.returned_by.name) == ("左右不符", "测试审核医师")
    assert shown.verbs == ("save", "submit")
    assert shown.lock is not None
    assert (shown.lock.name, shown.lock.until) == ("测试读片医师", AT + timedelta(hours=2))
    does(alliance, "reader", reporting.submit, submitted.id)
    assert state_of(alliance, submitted) == ("submitted", "reported")


def test_of_many_reviewers_at_once_one_has_it(alliance: Alliance, submitted: ReportRow) -> None:
    reviewers = [
        alliance.people["reviewer"],
        replace(alliance.people["reviewer"], id=alliance.people["reader2"].id),
    ] * 2
    start, won, lost = threading.Barrier(len(reviewers)), [], []

    def take(actor: Any) -> None:
        start.wait()
        try:
            with alliance.system.work(actor) as work:
                reporting.take_review(work, actor, submitted.id)
            won.append(actor.id)
        except Refused as refusal:
            lost.append(refusal.code)

    threads = [threading.Thread(target=take, args=(actor,)) for actor in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(won)) == 1
    assert lost == ["report.reviewed_by_other"] * 2
    assert facts(alliance).count("ReviewTaken") == 1


def test_a_review_whose_lease_ran_out_is_open_to_others(
    alliance: Alliance, submitted: ReportRow, clock: FixedClock
) -> None:
    does(alliance, "reviewer", reporting.take_review, submitted.id)
    clock.advance(600)
    extended = does(alliance, "reviewer", reporting.take_review, submitted.id)
    assert extended.lease_until == AT + timedelta(minutes=25)
    clock.advance(900)
    with alliance.system.work() as work:
        assert reporting.lapse(work) == 1
        assert reporting.lapse(work) == 0
    assert state_of(alliance, submitted) == ("submitted", "reported")
    with refused("report.not_in_review"):
        does(alliance, "reviewer", reporting.sign, submitted.id, SIGNER)


def test_the_author_a_resident_and_the_county_do_not_review(alliance: Alliance, submitted: ReportRow) -> None:
    with refused("permit.refused", Meaning.FORBIDDEN):
        does(alliance, "reader2", reporting.take_review, submitted.id)
    with refused("report.absent", Meaning.ABSENT):
        does(alliance, "doctor_a", reporting.take_review, submitted.id)
    own = replace(alliance.people["reviewer"], id=alliance.people["reader"].id)
    with refused("report.own_review", Meaning.FORBIDDEN), alliance.system.work(own) as work:
        reporting.take_review(work, own, submitted.id)


def test_whoever_wrote_some_of_the_text_does_not_review_it(alliance: Alliance, draft: ReportRow) -> None:
    """Authorship moves with the claim; four eyes must not."""

    def writes(login: str, words: str) -> int:
        person = alliance.people[login]
        with alliance.system.work(person) as work:
            reading.claim(work, person, draft.task_id)
            report = reporting.draft(work, person, draft.task_id)
            texts = {"findings": words, "impression": words}
            return reporting.save(work, person, report.id, texts, report.version).version

    does(alliance, "reader", reading.release, draft.task_id, "换人")
    writes("reviewer", "审核医师写的。")
    does(alliance, "reviewer", reading.release, draft.task_id, "换人")
    writes("reader", "读片医师改的。")
    does(alliance, "reader", reporting.submit, draft.id)
    with refused("report.own_review", Meaning.FORBIDDEN):
        does(alliance, "reviewer", reporting.take_review, draft.id)
