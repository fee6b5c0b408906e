"""Critical findings in a real database: raised, read back, acted on, closed; escalated by time; a gate before signing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, delete, event, select, update

from teleconsult import reading, reporting
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Meaning
from teleconsult.kernel.values import new_id
from teleconsult.records import journal
from teleconsult.reporting import queries
from teleconsult.reporting.tables import CriticalAnswerRow, CriticalRow, ReportRow
from tests.builders import Alliance
from tests.records.conftest import AT
from tests.records.desk import SIGNER, TEXT, does, refused
from tests.records.house import a_study
from tests.records.test_reporting_signed import refuse

GRAVE = {"findings": "右侧胸腔见大量气体影，右侧气胸。", "impression": "右侧张力性气胸。", "advice": ""}


@pytest.fixture
def study_id(alliance: Alliance) -> str:
    """A study of county A that the city reads."""
    with alliance.system.work() as work:
        study = a_study(work, alliance.sites["county_a"])
        reading.open_for(work, study.id)
        return study.id


@pytest.fixture
def raised(alliance: Alliance, study_id: str) -> CriticalRow:
    row: CriticalRow = does(alliance, "reader", reporting.raise_critical, study_id, "tension_pneumothorax", "纵隔左移")
    return row


def view(alliance: Alliance, login: str, critical_id: str) -> queries.CriticalView:
    with alliance.system.read() as work:
        return queries.critical(work, alliance.people[login], critical_id)


def ringing(alliance: Alliance, login: str) -> list[str]:
    with alliance.system.read() as work:
        return [found.row.id for found in queries.to_hear(work, alliance.people[login])]


def swept(alliance: Alliance) -> int:
    with alliance.system.work() as work:
        return reporting.sweep(work)


def names(alliance: Alliance) -> list[str]:
    with alliance.system.read() as work:
        return [fact.name for fact in journal.facts_after(work, 0, 1000) if fact.name.startswith("Critical")]


# ---------------------------------------------------------------- the loop


def test_a_finding_is_raised_read_back_acted_on_and_closed(
    alliance: Alliance, raised: CriticalRow, clock: FixedClock
) -> None:
    with alliance.system.work() as work:
        reporting.critical_notified(work, raised.id)
        reporting.critical_notified(work, raised.id)
    assert ringing(alliance, "doctor_a") == [raised.id]
    clock.advance(130)
    does(alliance, "doctor_a", reporting.acknowledge_critical, raised.id, "收到，测试1，右侧张力性气胸，立即穿刺")
    assert ringing(alliance, "doctor_a") == []
    does(alliance, "doctor_a", reporting.act_on_critical, raised.id, "treat", "胸腔闭式引流")
    does(alliance, "doctor_a", reporting.act_on_critical, raised.id, "refer")
    does(alliance, "doctor_a", reporting.close_critical, raised.id, "referred", "已上转")
    found = view(alliance, "reader", raised.id)
    assert (found.row.state, found.row.action, found.row.outcome) == ("closed", "refer", "referred")
    assert (found.raised_by.name, found.acknowledged_by and found.acknowledged_by.name) == (
        "测试读片医师",
        "测试县医生甲",
    )
    assert names(alliance) == [
        "CriticalRaised", "CriticalNotified", "CriticalAcknowledged", "CriticalActed", "CriticalActed", "CriticalClosed",
    ]  # fmt: skip


def test_what_is_read_back_wrongly_keeps_ringing(alliance: Alliance, raised: CriticalRow) -> None:
    for words in ("测试1，收到", "测试1，气胸"):
        with refused("critical.read_back", Meaning.INVALID):
            does(alliance, "doctor_a", reporting.acknowledge_critical, raised.id, words)
    for words in ("测试1，没有张力性气胸", "测试1 不是张力性气胸", "测试1 张力性气胸（-）"):
        with refused("critical.read_back_denied", Meaning.INVALID):
            does(alliance, "doctor_a", reporting.acknowledge_critical, raised.id, words)
    for words in ("收到", "张力性气胸", "测试2，右侧张力性气胸", "测试12，张力性气胸"):
        with refused("critical.read_back_patient", Meaning.INVALID):
            does(alliance, "doctor_a", reporting.acknowledge_critical, raised.id, words)
    with refused("field.empty", Meaning.INVALID):
        does(alliance, "doctor_a", reporting.acknowledge_critical, raised.id, " ")
    assert ringing(alliance, "doctor_a") == [raised.id]


def test_a_second_read_back_comes_late(alliance: Alliance, raised: CriticalRow) -> None:
    does(alliance, "doctor_a", reporting.acknowledge_critical, raised.id, "测试1，张力性气胸")
    with refused("move.illegal"):
        does(alliance, "doctor_a", reporting.acknowledge_critical, raised.id, "测试1，张力性气胸")


def test_what_stands_in_no_list_is_read_back_in_the_raiser_s_own_words(alliance: Alliance, study_id: str) -> None:
    with refused("field.empty", Meaning.INVALID):
        does(alliance, "reader", reporting.raise_critical, study_id, "other")
    row = does(alliance, "reader", reporting.raise_critical, study_id, "other", "右颈内静脉置管断裂，残端位于右心房")
    with refused("critical.read_back", Meaning.INVALID):
        does(alliance, "doctor_a", reporting.acknowledge_critical, row.id, "测试1，知道了")
    does(alliance, "doctor_a", reporting.acknowledge_critical, row.id, "测试1，收到，右颈内静脉置管断裂")


def test_the_same_item_of_a_study_is_open_once_and_may_come_again_when_it_is_over(
    alliance: Alliance, raised: CriticalRow, study_id: str
) -> None:
    with refused("critical.raised_already"):
        does(alliance, "reader2", reporting.raise_critical, study_id, "tension_pneumothorax")
    with refused("critical.not_raiser", Meaning.FORBIDDEN):
        does(alliance, "reader2", reporting.withdraw_critical, raised.id, "误报")
    with refused("field.empty", Meaning.INVALID):
        does(alliance, "reader", reporting.withdraw_critical, raised.id, "")
    does(alliance, "reader", reporting.withdraw_critical, raised.id, "误报")
    assert view(alliance, "doctor_a", raised.id).row.withdrawn_reason == "误报"
    assert ringing(alliance, "doctor_a") == []
    does(alliance, "reader2", reporting.raise_critical, study_id, "tension_pneumothorax")


@pytest.mark.parametrize(("item", "level", "field"), [("measles", None, "item"), ("pneumothorax", 4, "level")])
def test_an_item_or_level_that_is_not_ours_is_refused(
    alliance: Alliance, study_id: str, item: str, level: int | None, field: str
) -> None:
    with refused("field.choice", Meaning.INVALID):
        does(alliance, "reader", reporting.raise_critical, study_id, item, "", level)


# ---------------------------------------------------------------- who


def test_who_may_raise_see_hear_and_read_back(alliance: Alliance, raised: CriticalRow, study_id: str) -> None:
    for login in ("doctor_a", "technician_a", "coordinator", "auditor"):
        with refused("permit.refused", Meaning.FORBIDDEN):
            does(alliance, login, reporting.raise_critical, study_id, "pneumothorax")
        assert view(alliance, login, raised.id).row.id == raised.id
    for login in ("doctor_b", "doctor_t", "administrator"):
        with refused("study.absent", Meaning.ABSENT):
            does(alliance, login, reporting.raise_critical, study_id, "pneumothorax")
        with refused("critical.absent", Meaning.ABSENT):
            view(alliance, login, raised.id)
        with refused("critical.absent", Meaning.ABSENT):
            does(alliance, login, reporting.acknowledge_critical, raised.id, "测试1，张力性气胸")
    for login in ("reader", "technician_a", "coordinator"):
        with refused("permit.refused", Meaning.FORBIDDEN):
            does(alliance, login, reporting.acknowledge_critical, raised.id, "测试1，张力性气胸")
    assert [login for login in alliance.people if ringing(alliance, login)] == ["doctor_a"]
    assert view(alliance, "doctor_a", raised.id).verbs == ("acknowledge",)
    assert view(alliance, "reader", raised.id).verbs == ("withdraw",)


def test_a_finding_is_seen_without_any_case_and_joins_one_later(alliance: Alliance, raised: CriticalRow) -> None:
    assert raised.case_id is None
    case_id = new_id()
    with alliance.system.work() as work:
        reporting.put_critical_into_case(work, raised.id, case_id)
        reporting.put_critical_into_case(work, raised.id, case_id)
    assert view(alliance, "doctor_a", raised.id).row.case_id == case_id
    assert names(alliance).count("CriticalPutIntoCase") == 1


# ---------------------------------------------------------------- time


def test_nobody_reads_it_back_and_more_and_more_people_hear_it(
    alliance: Alliance, raised: CriticalRow, clock: FixedClock
) -> None:
    assert swept(alliance) == 0
    for minutes, step, hearing in ((5, 1, ["doctor_a"]), (10, 2, ["doctor_a"]), (15, 3, ["reviewer", "coordinator", "doctor_a"])):  # fmt: skip
        clock.advance((raised.raised_at + timedelta(minutes=minutes) - clock.now()).total_seconds())
        assert swept(alliance) == 1
        assert swept(alliance) == 0, "once for each step"
        assert view(alliance, "doctor_a", raised.id).row.escalated == step
        assert [login for login in alliance.people if ringing(alliance, login)] == hearing
        assert all(view(alliance, login, raised.id).hear == (login in hearing) for login in hearing)
    clock.advance(86_400)
    assert swept(alliance) == 0, "there is nobody left to tell, and it still rings"
    assert ringing(alliance, "doctor_a") == [raised.id]


def test_after_a_long_silence_no_step_is_passed_over(
    alliance: Alliance, raised: CriticalRow, clock: FixedClock
) -> None:
    clock.advance(3600)
    assert [swept(alliance) for _ in range(4)] == [1, 1, 1, 0]
    assert names(alliance).count("CriticalEscalated") == 3


def test_less_urgent_levels_are_given_more_time(alliance: Alliance, study_id: str, clock: FixedClock) -> None:
    does(alliance, "reader", reporting.raise_critical, study_id, "pneumothorax")
    does(alliance, "reader", reporting.raise_critical, study_id, "suspected_malignancy")
    clock.advance(14 * 60)
    assert swept(alliance) == 0
    clock.advance(60)
    assert swept(alliance) == 1


def test_what_is_read_back_and_not_acted_on_is_reminded_of_once(
    alliance: Alliance, raised: CriticalRow, clock: FixedClock
) -> None:
    does(alliance, "doctor_a", reporting.acknowledge_critical, raised.id, "测试1，张力性气胸")
    clock.advance(14 * 60)
    assert swept(alliance) == 0
    clock.advance(60)
    assert [swept(alliance), swept(alliance)] == [1, 0]
    assert names(alliance)[-1] == "CriticalActionOverdue"
    does(alliance, "doctor_a", reporting.act_on_critical, raised.id, "treat")
    clock.advance(86_400)
    assert swept(alliance) == 0


def test_figures_count_what_was_read_back_within_ten_minutes(
    alliance: Alliance, raised: CriticalRow, study_id: str, clock: FixedClock
) -> None:
    late = does(alliance, "reader", reporting.raise_critical, study_id, "aortic_dissection")
    gone = does(alliance, "reader", reporting.raise_critical, study_id, "organ_rupture")
    does(alliance, "reader", reporting.withdraw_critical, gone.id, "误报")
    clock.advance(60)
    does(alliance, "doctor_a", reporting.acknowledge_critical, raised.id, "测试1，张力性气胸")
    clock.advance(660)
    with alliance.system.read() as work:
        before = queries.critical_figures(work, alliance.people["doctor_a"])
        elsewhere = queries.critical_figures(work, alliance.people["doctor_b"])
    assert (before.raised, before.in_time, before.counted, before.in_time_percent) == (2, 1, 2, 50.0)
    assert (before.median_seconds, before.open, elsewhere.raised, elsewhere.in_time_percent) == (60, 2, 0, None)
    does(alliance, "doctor_a", reporting.acknowledge_critical, late.id, "测试1，主动脉夹层")
    with alliance.system.read() as work:
        after = queries.critical_figures(work, alliance.people["reader"])
        assert [found.row.id for found in queries.to_act(work, alliance.people["doctor_a"])] == [raised.id, late.id]
    assert (after.in_time_percent, after.median_seconds) == (50.0, 390)


# ---------------------------------------------------------------- the gate


def test_a_report_that_speaks_of_a_critical_finding_waits_until_each_phrase_is_answered(
    alliance: Alliance, draft: ReportRow
) -> None:
    saved = does(alliance, "reader", reporting.save, draft.id, GRAVE, draft.version)
    with refused("report.critical_unanswered"):
        does(alliance, "reader", reporting.submit, draft.id, saved.version)
    with alliance.system.read() as work:
        flags = queries.critical_flags(work, alliance.people["reader"], draft.id)
    assert [(flag.phrase, flag.item, flag.answer) for flag in flags] == [
        ("气胸", "pneumothorax", None),
        ("张力性气胸", "tension_pneumothorax", None),
    ]
    raised = does(alliance, "reader", reporting.raise_critical, draft.study_id, "tension_pneumothorax")
    assert raised.report_id == draft.id
    with refused("report.critical_unanswered"):
        does(alliance, "reader", reporting.submit, draft.id)
    does(alliance, "reader", reporting.deny_critical, draft.id, "气胸", "与张力性气胸为同一病变")
    does(alliance, "reader", reporting.deny_critical, draft.id, "气胸", "第二次回答不算")
    with alliance.system.read() as work:
        answers = [flag.answer for flag in queries.critical_flags(work, alliance.people["reader2"], draft.id)]
    assert [(one.kind, one.reason) for one in answers if one] == [
        ("denied", "与张力性气胸为同一病变"),
        ("raised", None),
    ]
    does(alliance, "reader", reporting.submit, draft.id)
    does(alliance, "reviewer", reporting.take_review, draft.id)
    does(alliance, "reader", reporting.withdraw_critical, raised.id, "看错")
    with refused("report.critical_unanswered"):
        does(alliance, "reviewer", reporting.sign, draft.id, SIGNER)
    does(alliance, "reviewer", reporting.deny_critical, draft.id, "张力性气胸", "术后改变，临床已知")
    does(alliance, "reviewer", reporting.sign, draft.id, SIGNER)


def test_who_may_say_that_a_phrase_is_no_critical_finding(alliance: Alliance, draft: ReportRow) -> None:
    does(alliance, "reader", reporting.save, draft.id, GRAVE, draft.version)
    with refused("critical.not_flagged", Meaning.INVALID):
        does(alliance, "reader", reporting.deny_critical, draft.id, "脑疝", "没有")
    with refused("field.empty", Meaning.INVALID):
        does(alliance, "reader", reporting.deny_critical, draft.id, "气胸", " ")
    with refused("report.not_author", Meaning.FORBIDDEN):
        does(alliance, "reader2", reporting.deny_critical, draft.id, "气胸", "陈旧病变")
    with refused("report.absent", Meaning.ABSENT):
        does(alliance, "doctor_a", reporting.deny_critical, draft.id, "气胸", "陈旧病变")
    with alliance.system.read() as work, refused("report.absent", Meaning.ABSENT):
        queries.critical_flags(work, alliance.people["doctor_a"], draft.id)


def test_what_is_added_to_a_signed_report_waits_for_an_answer_to_each_phrase_too(
    alliance: Alliance, draft: ReportRow
) -> None:
    """What was denied in the report, or in an earlier addendum, may be true in the next one: it is asked again."""
    does(alliance, "reader", reporting.save, draft.id, GRAVE, draft.version)
    for phrase in ("气胸", "张力性气胸"):
        does(alliance, "reader", reporting.deny_critical, draft.id, phrase, "陈旧改变，临床已知")
    does(alliance, "reader", reporting.submit, draft.id)
    does(alliance, "reviewer", reporting.take_review, draft.id)
    signed = does(alliance, "reviewer", reporting.sign, draft.id, SIGNER)
    text = "复核: 右侧气胸，未见脑疝。"
    with refused("report.critical_unanswered"):
        does(alliance, "reviewer", reporting.addend, signed.id, text, SIGNER)
    with alliance.system.read() as work:
        (flag,) = queries.addendum_flags(work, alliance.people["reviewer"], signed.id, text)
        assert (flag.phrase, flag.answer) == ("气胸", None)
        with refused("permit.refused", Meaning.FORBIDDEN):
            queries.addendum_flags(work, alliance.people["doctor_a"], signed.id, text)
        with refused("report.absent", Meaning.ABSENT):
            queries.addendum_flags(work, alliance.people["doctor_b"], signed.id, text)
    with refused("critical.not_flagged", Meaning.INVALID):
        does(alliance, "reviewer", reporting.deny_in_addendum, signed.id, text, "脑疝", "没有")
    does(alliance, "reviewer", reporting.deny_in_addendum, signed.id, text, "气胸", "与前次相同")
    does(alliance, "reviewer", reporting.addend, signed.id, text, SIGNER)
    with refused("report.critical_unanswered"):
        does(alliance, "reviewer", reporting.addend, signed.id, "新发气胸", SIGNER)
    does(alliance, "reviewer", reporting.raise_critical, draft.study_id, "pneumothorax")
    added = does(alliance, "reviewer", reporting.addend, signed.id, "新发气胸", SIGNER)
    assert added.addenda == 2


def test_a_report_that_denies_everything_passes(alliance: Alliance, draft: ReportRow) -> None:
    text = {**TEXT, "findings": "双肺未见气胸，不考虑肺栓塞。"}
    does(alliance, "reader", reporting.save, draft.id, text, draft.version)
    does(alliance, "reader", reporting.submit, draft.id)


# ---------------------------------------------------------------- the database as last judge


def broken(alliance: Alliance) -> dict[str, dict[str, Any]]:
    """For each rule of the table, a change of a finding that rings which breaks it."""
    doctor = alliance.people["doctor_a"].id
    heard = {"acknowledged_at": AT, "acknowledged_by_id": doctor, "read_back": "张力性气胸"}
    return {
        "a_critical_finding_is_in_a_state_we_know": {"state": "lost"},
        "a_critical_finding_is_of_level_1_to_3": {"level": 0},
        "a_critical_finding_is_escalated_three_times_at_most": {"escalated": 4},
        "who_acknowledges_has_read_back": {
            "state": "acknowledged",
            "acknowledged_at": AT,
            "acknowledged_by_id": doctor,
        },
        "what_is_acted_on_was_acknowledged": {"state": "acknowledged"},
        "what_rings_is_not_acknowledged": heard,
        "what_is_closed_was_acted_on": {**heard, "state": "acting"},
        "an_outcome_iff_closed": {"outcome": "died"},
        "a_reason_iff_withdrawn": {"state": "withdrawn", "look_at": None},
        "nothing_is_due_when_it_is_over": {"state": "withdrawn", "withdrawn_at": AT, "withdrawn_reason": "误报"},
    }


def test_the_database_refuses_a_finding_that_breaks_a_rule(alliance: Alliance, raised: CriticalRow) -> None:
    for name, changes in broken(alliance).items():
        refuse(alliance, name, update(CriticalRow).values(**changes))
    rules = {str(one.name) for one in CriticalRow.__table__.constraints if isinstance(one, CheckConstraint)}  # type: ignore[attr-defined]
    assert set(broken(alliance)) == rules, "every rule of the table is tried"


def test_the_database_refuses_the_same_finding_twice(alliance: Alliance, raised: CriticalRow) -> None:
    columns = {name: getattr(raised, name) for name in CriticalRow.__table__.columns.keys()}

    def again() -> None:
        with alliance.system.work() as work:
            work.add(CriticalRow(**{**columns, "id": new_id()}))

    with pytest.raises(Exception, match=r"a_finding_is_open_once_in_a_study|criticals\.study_id"):
        again()


def test_the_database_keeps_every_answer_to_a_flag(alliance: Alliance, draft: ReportRow) -> None:
    does(alliance, "reader", reporting.save, draft.id, GRAVE, draft.version)
    does(alliance, "reader", reporting.deny_critical, draft.id, "气胸", "陈旧病变")
    refuse(alliance, "an_answer_to_a_flag_never_changes", update(CriticalAnswerRow).values(reason="改"))
    refuse(alliance, "an_answer_to_a_flag_is_never_deleted", delete(CriticalAnswerRow))
    with alliance.system.read() as work:
        assert len(work.session.scalars(select(CriticalAnswerRow)).all()) == 1


def test_the_list_puts_what_rings_first_page_by_page_and_its_counts_hold(
    alliance: Alliance, study_id: str, clock: FixedClock
) -> None:
    """More than 200 of them: what rings, the gravest and oldest first; what waits for an action; what is over, the latest first."""
    over: list[str] = []
    for _ in range(203):
        gone = does(alliance, "reader", reporting.raise_critical, study_id, "pneumothorax")
        over.insert(0, does(alliance, "reader", reporting.withdraw_critical, gone.id, "误报").id)
        clock.advance(1)
    mild, grave = (
        does(alliance, "reader", reporting.raise_critical, study_id, item).id
        for item in ("pneumothorax", "tension_pneumothorax")
    )
    clock.advance(1)
    graver_later = does(alliance, "reader", reporting.raise_critical, study_id, "aortic_dissection").id
    known = does(alliance, "reader", reporting.raise_critical, study_id, "brain_herniation").id
    does(alliance, "doctor_a", reporting.acknowledge_critical, known, "测试1，脑疝")
    me = alliance.people["doctor_a"]

    def every(match: queries.CriticalMatch, limit: int) -> list[str]:
        found: list[str] = []
        cursor: str | None = None
        with alliance.system.read() as work:
            while True:
                page = queries.criticals(work, me, match, cursor, limit)
                found += [one.row.id for one in page.rows]
                if page.next is None:
                    assert page.total == len(found)
                    return found
                cursor = page.next

    is_open = [grave, graver_later, mild, known]
    assert every(queries.CriticalMatch(), 150) == [*is_open, *over]
    assert every(queries.CriticalMatch("open"), 1) == is_open
    assert every(queries.CriticalMatch("open", q="cs1"), 3) == is_open
    assert every(queries.CriticalMatch(q="没有此人"), 3) == []
    with alliance.system.read() as work:
        assert queries.criticals(work, me).counts == {"open": 4, "all": 207}
        assert queries.criticals(work, alliance.people["doctor_b"]).counts == {"open": 0, "all": 0}
        with refused("cursor.invalid", Meaning.INVALID):
            queries.criticals(work, me, cursor="x")


def test_a_long_list_costs_no_more_questions_than_a_short_one(alliance: Alliance, study_id: str) -> None:
    def asked() -> int:
        counted: list[str] = []
        engine = alliance.system.store.engine

        def count(*given: Any) -> None:
            counted.append(str(given[2]))

        event.listen(engine, "before_cursor_execute", count)
        with alliance.system.read() as work:
            queries.criticals(work, alliance.people["doctor_a"])
        event.remove(engine, "before_cursor_execute", count)
        return len(counted)

    does(alliance, "reader", reporting.raise_critical, study_id, "pneumothorax")
    one = asked()
    for item in ("brain_herniation", "organ_rupture", "large_infarct"):
        does(alliance, "reader", reporting.raise_critical, study_id, item)
    assert asked() == one
