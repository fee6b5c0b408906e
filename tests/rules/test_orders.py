"""Ordered examinations: the table of their states, what the form must say, and when a study is certainly the one that was ordered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teleconsult.imaging import orders_lifecycle as lifecycle
from teleconsult.imaging.orders_lifecycle import CANCELLED, COMPLETED, DISCONTINUED, IN_PROGRESS, ORDER, SCHEDULED
from teleconsult.imaging.orders_matching import agrees, differs, judge, score
from teleconsult.kernel.errors import Meaning, Refused

AT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
FORM = {"patient_number": "P1", "name": "张三", "modality": "ct", "procedure": "胸部CT平扫", "scheduled_at": AT}


@dataclass(frozen=True)
class Some:
    """An order and a study at once: they have the same names for what is compared."""

    accession: str = "A1"
    study_uid: str = "2.25.1"
    issuer: str = "county"
    patient_number: str = "P1"
    name: str = "ZHANG^SAN=张三"
    sex: str = "M"
    birth_date: str = "19700101"
    modality: str = "CT"
    state: str = SCHEDULED
    scheduled_at: datetime = AT
    arrived_at: datetime = AT


ORDERED = Some()


def test_an_order_goes_from_the_schedule_to_the_images_with_steps_or_without() -> None:
    for way in (("begin", "complete"), ("link", "settle"), ("begin", "discontinue", "begin", "complete")):
        state = SCHEDULED
        for verb in way:
            state = ORDER.step(state, verb)
        assert state == COMPLETED, way
    assert ORDER.step(ORDER.step(SCHEDULED, "begin"), "discontinue") == DISCONTINUED


@given(st.sampled_from(sorted(ORDER.states)), st.sampled_from(["edit", "cancel", "link", "unlink", "settle", "begin"]))
def test_nobody_edits_or_cancels_what_has_begun(state: str, verb: str) -> None:
    allowed = (state, verb) in ORDER.moves
    if verb == "edit":
        assert allowed == (state == SCHEDULED)
    if verb == "cancel":
        assert allowed == (state in (SCHEDULED, DISCONTINUED))
    if verb in ("begin", "link"):
        assert allowed, "what a modality did is written down, whatever was thought before"


def test_cancelling_asks_for_a_reason_and_comes_too_late_once_it_has_begun() -> None:
    assert lifecycle.cancel(SCHEDULED, " 患者拒绝 ")["cancel_reason"] == "患者拒绝"
    with pytest.raises(Refused) as silent:
        lifecycle.cancel(SCHEDULED, " ")
    with pytest.raises(Refused) as late:
        lifecycle.cancel(IN_PROGRESS, "患者拒绝")
    assert (silent.value.code, late.value.code) == ("order.reason_needed", "order.begun")
    assert late.value.meaning is Meaning.CONFLICT


def test_a_study_taken_away_puts_the_order_back_unless_a_modality_said_otherwise() -> None:
    assert lifecycle.after_unlink(COMPLETED, stepped=False, left=0) == SCHEDULED
    assert lifecycle.after_unlink(COMPLETED, stepped=True, left=0) == COMPLETED
    assert lifecycle.after_unlink(IN_PROGRESS, stepped=False, left=1) == IN_PROGRESS
    assert lifecycle.after_unlink(DISCONTINUED, stepped=False, left=0) == DISCONTINUED


@pytest.mark.parametrize(
    ("written", "spelt", "name"),
    [
        ("张三", "", "ZHANGSAN=张三"),
        ("张三", "Zhang San", "ZHANG^SAN=张三"),
        ("单雄信", "", "SHANXIONGXIN=单雄信"),
        ("John Smith", "", "JOHN^SMITH"),
        ("Wang^Xiaoming=王^小明", "ignored", "Wang^Xiaoming=王^小明"),
        ("阿依古丽·买买提", "Ayiguli Maimaiti", "AYIGULI^MAIMAITI=阿依古丽·买买提"),
    ],
)
def test_a_name_is_kept_in_both_writings(written: str, spelt: str, name: str) -> None:
    assert lifecycle.person_name(written, spelt) == name


def test_the_form_says_which_field_is_wrong() -> None:
    wrong = {
        "name": "", "patient_number": " ", "procedure": "", "sex": "X", "priority": "SOON", "birth_date": "19701340", "station": "A" * 17,
        "accession": "A\\B", "modality": "CT/MR",
    }  # fmt: skip
    for field, value in wrong.items():
        with pytest.raises(Refused) as refused:
            lifecycle.form({**FORM, field: value})
        assert refused.value.params["field"] == field
        assert refused.value.meaning is Meaning.INVALID


def test_the_form_keeps_the_hospital_s_own_clock_for_worklists() -> None:
    kept = lifecycle.form({**FORM, "scheduled_at": datetime(2026, 11, 22, 17, 5, tzinfo=UTC)})
    assert (kept["scheduled_date"], kept["scheduled_time"], kept["modality"]) == ("20261123", "010500", "CT")
    assert "question" not in lifecycle.form({"procedure": "x"}), "only what is given is changed"


# ---------------------------------------------------------------- matching


def test_accession_and_patient_or_the_reserved_uid_are_certain() -> None:
    assert judge(ORDERED, replace(ORDERED, study_uid="2.25.9")).how == "accession"
    assert judge(ORDERED, replace(ORDERED, accession="")).how == "study_uid"
    silent = replace(ORDERED, study_uid="2.25.9", name="张^三", sex="", birth_date="")
    assert judge(ORDERED, silent).how == "accession", "what nobody says contradicts nothing"
    assert judge(ORDERED, replace(ORDERED, name="zhang san")).how, "by its sound"


@pytest.mark.parametrize(
    ("other", "code", "against"),
    [
        ({"patient_number": "P2"}, "order.patient_differs", ("patient",)),
        ({"issuer": "elsewhere"}, "order.patient_differs", ("patient",)),
        ({"name": "LI^SI=李四"}, "order.person_differs", ("name",)),
        ({"name": "ZHAO^SI=赵四"}, "order.person_differs", ("name",)),  # the same initials
        ({"sex": "F"}, "order.person_differs", ("sex",)),
        ({"birth_date": "19710101"}, "order.person_differs", ("birth_date",)),
        ({"patient_number": "", "name": ""}, "order.patient_missing", ()),
    ],
)
def test_whatever_contradicts_makes_it_a_matter_for_people(
    other: dict[str, str], code: str, against: tuple[str, ...]
) -> None:
    verdict = judge(ORDERED, replace(ORDERED, **other))  # type: ignore[arg-type]
    assert (verdict.how, verdict.code, verdict.differs) == ("", code, against)


def test_a_cancelled_order_is_not_matched_by_itself() -> None:
    assert judge(replace(ORDERED, state=CANCELLED), ORDERED).code == "order.was_cancelled"


texts = st.sampled_from(["", "P1", "P2"])
names = st.sampled_from(["", "ZHANG^SAN=张三", "张^三", "LI^SI=李四"])


@given(texts, names, st.sampled_from(["", "M", "F"]), st.sampled_from(["", "19700101", "19800101"]))
def test_no_certain_match_contradicts_in_anything(number: str, name: str, sex: str, born: str) -> None:
    study = replace(ORDERED, patient_number=number, name=name, sex=sex, birth_date=born)
    verdict = judge(ORDERED, study)
    assert bool(verdict.how) != bool(verdict.code)
    assert not verdict.how or (not differs(ORDERED, study) and study.patient_number == "P1")


def test_the_likelier_candidate_comes_first() -> None:
    study = replace(ORDERED, accession="OTHER", study_uid="2.25.9")
    alike = [
        replace(ORDERED, scheduled_at=AT - timedelta(hours=2)),
        replace(ORDERED, scheduled_at=AT - timedelta(days=5)),
        replace(ORDERED, patient_number="P2"),
        replace(ORDERED, patient_number="P2", name="LI^SI=李四"),
    ]
    scores = [score(agrees(order, study), differs(order, study)) for order in alike]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
