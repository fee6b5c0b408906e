"""Whose a study is after a new object was taken in the place of an old one: on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset
from sqlalchemy import select

from teleconsult.access import SYSTEM, Role
from teleconsult.imaging import find, identity_anew, merge
from teleconsult.imaging.ingest import Kind
from teleconsult.imaging.tables import PatientRow, StudyNameRow, StudyRow
from teleconsult.imaging.tables_identity import DecisionRow
from teleconsult.kernel.errors import Refused
from tests import synth
from tests.arriving import House, a_house
from tests.records.test_identity import conflicts, decide, undo

JIA, YI = ("Ceshi^Jia=测试^甲", "F", "19800101"), ("Mou^Yi=某某^乙", "M", "19710203")


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def named(ds: Dataset, whose: tuple[str, str, str]) -> Dataset:
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName, ds.PatientSex, ds.PatientBirthDate = whose
    return ds


def the_study(house: House) -> tuple[Any, ...]:
    """Everything of a study that says whose it is, with how it is found and what its patient is called."""
    (study,) = house.rows(select(StudyRow))
    (patient,) = house.rows(select(PatientRow).where(PatientRow.id == study.patient_id))
    keys = frozenset(house.rows(select(StudyNameRow.key).where(StudyNameRow.study_id == study.id)))
    return (
        study.name, study.name_shown, study.name_raw, study.sex, study.birth_date, study.age, study.charset, study.charset_reason,
        study.doubtful, study.name_differs, study.patient_number, study.issuer, study.patient_id, keys,
        patient.name, patient.sex, patient.birth_date,
    )  # fmt: skip


def said(house: House) -> tuple[str, str, str, bool]:
    (study,) = house.rows(select(StudyRow))
    return study.name, study.sex, study.birth_date, study.name_differs


def found(house: House, name: str) -> int:
    someone = house.person(Role.TECHNOLOGIST, "a")
    with house.store.read(someone) as work:
        return len(find.studies(work, someone, find.Match(name=name)).items)


def a_study(house: House, slices: int = 1) -> list[Dataset]:
    series = [named(each, JIA) for each in synth.a_ct_series(slices)]
    for each in series:
        each.PatientID = "T1"
        assert house.send(each).kind is Kind.STORED
    return series


def take(house: House) -> DecisionRow:
    return decide(house, house.person(Role.TECHNOLOGIST, "a"), "take_new")


def test_the_only_object_taken_anew_gives_the_study_its_identity_as_if_it_had_come_first(house: House) -> None:
    (ds,) = a_study(house)
    before = the_study(house)
    assert house.send(named(ds, YI)).kind is Kind.CONFLICT
    assert the_study(house) == before, "nothing is changed by what stays apart"
    row = take(house)
    after = the_study(house)
    assert said(house) == (*YI, False)
    assert (found(house, "某某乙"), found(house, "mou*"), found(house, "测试甲"), found(house, "ceshi*")) == (
        1,
        1,
        0,
        0,
    )
    assert after[-3:] == YI, "the patient is known by this study alone"
    (fact,) = house.facts("StudyIdentityChanged")
    assert fact.details == {"fields": ["birth_date", "name", "sex"], "differs": False}
    assert fact.version == house.rows(select(StudyRow.version))[0]
    undo(house, house.person(Role.TECHNOLOGIST, "a"), row)
    assert the_study(house) == before
    assert (found(house, "某某乙"), found(house, "测试甲")) == (0, 1)
    assert len(house.facts("StudyIdentityChanged")) == 2
    take(house)
    assert the_study(house) == after


def test_as_an_own_house_shows_it_when_that_object_comes_alone(house: House, tmp_path: Path) -> None:
    (ds,) = a_study(house)
    house.send(named(ds, YI))
    take(house)
    with a_house(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path / "other") as other:
        other.send(ds)
        (fresh,) = other.rows(select(StudyRow))
        (taken,) = house.rows(select(StudyRow))
        for name in (
            "name",
            "name_shown",
            "name_raw",
            "sex",
            "birth_date",
            "age",
            "charset",
            "charset_reason",
            "doubtful",
        ):
            assert getattr(taken, name) == getattr(fresh, name), name


def test_an_object_that_says_the_same_person_changes_nothing(house: House) -> None:
    (ds,) = a_study(house)
    before = the_study(house)
    ds.InstanceNumber = "99"
    house.send(ds)
    take(house)
    assert the_study(house) == before
    assert house.facts("StudyIdentityChanged") == []


def test_a_further_object_of_another_name_marks_the_study_and_leaves_it_its_identity(house: House) -> None:
    _, second = a_study(house, 2)
    before = the_study(house)
    house.send(named(second, YI))
    row = take(house)
    assert said(house) == (*JIA, True)
    (fact,) = house.facts("StudyIdentityChanged")
    assert fact.details == {"fields": [], "differs": True}
    undo(house, house.person(Role.TECHNOLOGIST, "a"), row)
    assert the_study(house) == before


def test_another_sex_or_birth_date_alone_marks_it_too(house: House) -> None:
    _, second = a_study(house, 2)
    house.send(named(second, (JIA[0], "M", JIA[2])))
    take(house)
    assert said(house) == (*JIA, True)


def test_the_first_of_several_gives_the_identity_and_the_mark_until_the_others_say_the_same(house: House) -> None:
    first, second = a_study(house, 2)
    before = the_study(house)
    house.send(named(first, YI))
    one = take(house)
    assert said(house) == (*YI, True)
    house.send(named(second, YI))
    other = take(house)
    assert said(house) == (*YI, False)
    someone = house.person(Role.TECHNOLOGIST, "a")
    undo(house, someone, one)
    assert said(house) == (*JIA, True), "the second object still says the other person"
    undo(house, someone, other)
    assert the_study(house) == before


def test_all_objects_of_a_series_sent_again_under_the_right_name_leave_no_mark(house: House) -> None:
    for ds in a_study(house, 3):
        house.send(named(ds, YI))
    before_undo = take(house)
    assert said(house) == (*YI, False)
    undo(house, house.person(Role.TECHNOLOGIST, "a"), before_undo)
    assert said(house) == (*JIA, False)


def test_a_patient_with_other_studies_stays_and_the_study_is_marked_as_at_arriving(house: House) -> None:
    house.send(named(synth.ct_slice(patient_id="T1"), JIA))
    ds = named(synth.ct_slice(patient_id="T1"), JIA)
    house.send(ds)
    house.send(named(ds, YI))
    take(house)
    (patient,) = house.rows(select(PatientRow))
    assert (patient.name, patient.sex) == JIA[:2]
    rows = house.rows(select(StudyRow).order_by(StudyRow.id))
    assert [(row.name, row.name_differs) for row in rows] == [(JIA[0], False), (YI[0], True)]


def test_under_another_number_of_one_person_the_study_is_found_by_that_number(house: House) -> None:
    (ds,) = a_study(house)
    before = the_study(house)
    house.send(synth.ct_slice(patient_id="T2"))
    someone = house.person(Role.TECHNOLOGIST, "a")
    one, two = (row.id for row in house.rows(select(PatientRow).order_by(PatientRow.number)))
    with house.store.work(someone) as work:
        merge.merge(work, someone, one, two, "同一患者，急诊临时号")
    ds.PatientID = "T2"
    assert house.send(named(ds, YI)).kind is Kind.CONFLICT
    row = take(house)
    (study,) = house.rows(select(StudyRow).where(StudyRow.study_uid == ds.StudyInstanceUID))
    assert (study.patient_number, study.patient_id, study.name) == ("T2", two, YI[0])
    undo(house, someone, row)
    (study,) = house.rows(select(StudyRow).where(StudyRow.study_uid == ds.StudyInstanceUID))
    assert (study.patient_number, study.patient_id, study.name, study.name_differs) == ("T1", one, JIA[0], before[9])


def test_what_became_of_somebody_else_meanwhile_is_decided_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    (ds,) = a_study(house)
    ds.InstanceNumber = "99"
    house.send(ds)
    (open_one,) = conflicts(house, house.person(Role.TECHNOLOGIST, "a"))
    looked = identity_anew.look

    def look_and_be_late(*given: Any) -> Any:
        seen = looked(*given)
        with house.store.work(SYSTEM) as work:
            work.keep(work.get(StudyRow, open_one.study_id), name="测试^丙")
        return seen

    monkeypatch.setattr(identity_anew, "look", look_and_be_late)
    with pytest.raises(Refused, match=r"version\.stale"):
        take(house)
    assert [row.state for row in open_one.rows] == ["open"]
    assert conflicts(house, house.person(Role.TECHNOLOGIST, "a"))
