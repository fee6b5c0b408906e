"""Conflicts are decided about, and every decision can be taken back: on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from sqlalchemy import select

from teleconsult.access import Actor, Grant, Role, is_held, visible
from teleconsult.imaging import find, identity, identity_cases, identity_decide, merge
from teleconsult.imaging.identity_cases import Conflict
from teleconsult.imaging.identity_stays import named
from teleconsult.imaging.ingest import Kind
from teleconsult.imaging.quarantine import SITE
from teleconsult.imaging.tables import InstanceRow, PatientRow, QuarantineRow, StudyRow
from teleconsult.imaging.tables_identity import DecisionRow, RejectionRow
from teleconsult.kernel.errors import Meaning, Refused
from tests import synth
from tests.arriving import House, a_house


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def both(house: House) -> Actor:
    """Somebody who looks after the arrivals of both counties."""
    grants = frozenset(Grant(Role.COORDINATOR, site) for site in house.sites.values())
    return Actor("c", "测试协调员", site_id=house.sites["a"], grants=grants)


def conflicts(house: House, actor: Actor) -> tuple[Conflict, ...]:
    with house.store.read(actor) as work:
        return identity_cases.conflicts(work, actor)


def decide(house: House, actor: Actor, verb: str, signed: bool = False) -> DecisionRow:
    (found,) = conflicts(house, actor)
    at = house.clock.now() if signed else None
    return identity_decide.decide(
        house.store, house.blobs, actor, found.key, verb, "核对过身份证", lambda work, study_id: at
    )


def undo(house: House, actor: Actor, row: DecisionRow) -> DecisionRow:
    return identity_decide.undo(house.store, house.blobs, actor, row.id, "看错了")


def an_identity_conflict(house: House, slices: int = 3) -> list[Dataset]:
    series = synth.a_ct_series(slices + 1)
    house.send(series[0])
    for each in series[1:]:
        each.PatientID, each.PatientName, each.SpecificCharacterSet = "T99", "测试^某", "ISO_IR 192"
        assert house.send(each).kind is Kind.IDENTITY
    return series


def an_object_conflict(house: House) -> tuple[Dataset, bytes, bytes]:
    """The object, and the data sets as first and as then received."""
    ds = synth.ct_slice(patient_id="T1")
    house.send(ds)
    first = synth.dataset_bytes(ds)
    ds.InstanceNumber = "99"
    house.send(ds)
    return ds, first, synth.dataset_bytes(ds)


def shown(house: House, actor: Actor) -> list[tuple[Any, ...]]:
    """Everything that lists and viewers would show: studies with their counts, and each object's content."""
    with house.store.read(actor) as work:
        found = find.instances(work, actor, find.Match(), find.Page(1000)).items
        return sorted(
            (
                each.study.study_uid, each.study.patient_number, each.study.name, each.study.instance_count, each.study.series_count,
                each.study.size, each.instance.sop_uid, each.instance.sha256, each.instance.number, each.instance.blob_key,
            )
            for each in found
            if each.instance is not None
        )  # fmt: skip


def people(house: House) -> list[tuple[str, str | None]]:
    return [(row.number, row.person_id) for row in house.rows(select(PatientRow).order_by(PatientRow.number))]


def bytes_kept(house: House) -> set[str]:
    return {str(path) for path in (house.blobs.staging().parent / "dicom").rglob("*") if path.is_file()}


def held(house: House) -> bool:
    (study_id,) = house.rows(select(StudyRow.id).order_by(StudyRow.arrived_at).limit(1))
    with house.store.read(both(house)) as work:
        return is_held(work, study_id)


def test_objects_that_contradict_a_study_alike_are_one_conflict_with_both_sides(house: House) -> None:
    an_identity_conflict(house)
    (found,) = conflicts(house, house.person(Role.TECHNOLOGIST, "a"))
    assert found.known is not None
    assert (found.reason, found.claim.objects, found.known.objects) == ("identity.conflict", 3, 1)
    assert (found.claim.name, found.claim.patient_id, found.claim.issuer) == ("测试某", "T99", house.sites["a"])
    assert found.known.patient_id != "T99"
    assert found.offers == ("same_patient", "keep_old", "other_patient")
    assert conflicts(house, house.person(Role.TECHNOLOGIST, "b")) == ()


def test_one_patient_takes_the_objects_in_and_undoing_gives_exactly_what_was_shown_before(house: House) -> None:
    an_identity_conflict(house)
    someone = house.person(Role.TECHNOLOGIST, "a")
    before, kept = shown(house, someone), bytes_kept(house)
    assert held(house)
    row = decide(house, someone, "same_patient")
    assert len(shown(house, someone)) == 4
    assert len({person for _, person in people(house)}) == 1
    assert conflicts(house, someone) == ()
    assert not held(house)
    undo(house, someone, row)
    assert shown(house, someone) == before
    assert {person for _, person in people(house)} == {None}
    assert len(conflicts(house, someone)[0].rows) == 3
    assert held(house)
    assert bytes_kept(house) == kept
    decide(house, someone, "same_patient")
    assert len(shown(house, someone)) == 4


def test_what_comes_later_under_a_merged_number_goes_into_the_study(house: House) -> None:
    series = an_identity_conflict(house, 2)
    decide(house, house.person(Role.TECHNOLOGIST, "a"), "same_patient")
    late = synth.ct_slice(9, patient_id="T99", study_uid=str(series[0].StudyInstanceUID))
    assert house.send(late).kind is Kind.STORED


def test_another_patient_gets_a_study_of_their_own_and_the_first_is_untouched(house: House) -> None:
    series = an_identity_conflict(house)
    someone = house.person(Role.TECHNOLOGIST, "a")
    before = shown(house, someone)
    row = decide(house, someone, "other_patient")
    after = shown(house, someone)
    assert before[0] in after
    (own,) = {each[0] for each in after} - {before[0][0]}
    assert {each[1] for each in after if each[0] == own} == {"T99"}
    assert len([each for each in after if each[0] == own]) == 3
    assert {each[6] for each in after}.isdisjoint({str(ds.SOPInstanceUID) for ds in series[1:]})
    undo(house, someone, row)
    assert shown(house, someone) == before
    assert decide(house, someone, "other_patient").details["taken"] == row.details["taken"]
    assert shown(house, someone) == after


def test_keeping_the_old_one_changes_nothing_that_is_shown(house: House) -> None:
    *_, then = an_object_conflict(house)
    someone = house.person(Role.TECHNOLOGIST, "a")
    before = shown(house, someone)
    row = decide(house, someone, "keep_old")
    assert shown(house, someone) == before
    undo(house, someone, row)
    (case,) = house.rows(select(QuarantineRow))
    assert (case.state, case.resolved_by) == ("open", None)
    assert house.blobs.read(case.blob_key)[case.dataset_offset :] == then


def test_taking_the_new_one_exchanges_them_and_undoing_exchanges_them_back(house: House) -> None:
    ds, first, then = an_object_conflict(house)
    someone = house.person(Role.TECHNOLOGIST, "a")
    before = shown(house, someone)
    row = decide(house, someone, "take_new")
    (instance,) = house.rows(select(InstanceRow))
    (case,) = house.rows(select(QuarantineRow))
    assert (instance.number, instance.sop_uid) == (99, ds.SOPInstanceUID)
    assert house.blobs.read(instance.blob_key)[instance.dataset_offset :] == then
    assert house.blobs.read(case.blob_key)[case.dataset_offset :] == first
    undo(house, someone, row)
    assert shown(house, someone) == before


def test_nothing_is_exchanged_under_a_signed_report(house: House) -> None:
    an_object_conflict(house)
    with pytest.raises(Refused) as caught:
        decide(house, house.person(Role.TECHNOLOGIST, "a"), "take_new", signed=True)
    assert (caught.value.meaning, caught.value.code) == (Meaning.FORBIDDEN, "conflict.not_offered")
    row = decide(house, house.person(Role.TECHNOLOGIST, "a"), "keep_both", signed=True)
    assert len(house.rows(select(InstanceRow))) == 2
    undo(house, house.person(Role.TECHNOLOGIST, "a"), row)
    (rejection,) = house.rows(select(RejectionRow))
    assert rejection.code == "undone"


def test_an_exchange_that_was_signed_since_is_not_taken_back(house: House) -> None:
    an_object_conflict(house)
    someone = house.person(Role.TECHNOLOGIST, "a")
    row = decide(house, someone, "take_new")
    house.clock.advance(60)
    with pytest.raises(Refused, match="signed_since"):
        identity_decide.undo(
            house.store, house.blobs, someone, row.id, "看错了", lambda work, study_id: house.clock.now()
        )


def test_a_hospital_decides_nothing_about_anothers_study_and_does_not_read_whose_it_is(house: House) -> None:
    ds = synth.ct_slice(patient_id="T1")
    house.send(ds, "a")
    house.send(ds, "b")
    (there,) = conflicts(house, house.person(Role.TECHNOLOGIST, "b"))
    assert there.known is None
    assert there.reason == SITE
    assert set(there.offers) == {"keep_old", "other_patient"}
    (here,) = conflicts(house, house.person(Role.TECHNOLOGIST, "a"))
    assert here.offers == ("study_stays",)
    (seen,) = conflicts(house, both(house))
    assert "same_patient" in seen.offers
    assert (here.reason, seen.reason) == (SITE, SITE)
    decided = decide(house, house.person(Role.TECHNOLOGIST, "b"), "other_patient")
    assert (decided.verb, named(decided)) == ("other_patient", "own_study")


def test_another_patient_is_said_only_to_who_may_know_that_two_hospitals_patients_differ(house: House) -> None:
    first, other = synth.a_ct_series(2)
    house.send(first, "a")
    other.PatientSex = "F" if first.PatientSex == "M" else "M"
    house.send(other, "b")
    technicians = [house.person(Role.TECHNOLOGIST, site) for site in "ab"]
    assert [conflicts(house, each)[0].reason for each in (*technicians, both(house))] == [
        SITE,
        SITE,
        "identity.conflict",
    ]
    assert named(decide(house, both(house), "keep_old")) == "keep_old"


def another_hospitals_objects(house: House, slices: int = 2) -> list[Dataset]:
    """County a has a study, county b sends objects of another patient under its UID."""
    series = synth.a_ct_series(slices + 1)
    house.send(series[0], "a")
    for each in series[1:]:
        each.PatientID, each.PatientName, each.SpecificCharacterSet = "B99", "测试^乙", "ISO_IR 192"
        assert house.send(each, "b").kind is Kind.IDENTITY
    return series


def test_another_hospital_does_not_decide_about_what_a_hospital_sent_and_does_not_read_whose_it_is(
    house: House,
) -> None:
    another_hospitals_objects(house)
    owner, sender = house.person(Role.TECHNOLOGIST, "a"), house.person(Role.TECHNOLOGIST, "b")
    (here,) = conflicts(house, owner)
    claim = here.claim
    assert (claim.hidden, claim.site_id, claim.modality, claim.objects) == (True, house.sites["b"], "CT", 2)
    said = (claim.name, claim.name_full, claim.patient_id, claim.issuer, claim.sex, claim.birth_date, claim.accession)
    assert not any((*said, claim.description, claim.study_date, claim.sender))
    with house.store.read(owner) as work, pytest.raises(Refused, match=r"quarantine\.absent"):
        identity_cases.object_of(work, owner, here.rows[0].id)
    with house.store.read(sender) as work:
        assert identity_cases.object_of(work, sender, here.rows[0].id).site_id == house.sites["b"]
    for verb in ("keep_old", "other_patient", "same_patient"):
        with pytest.raises(Refused, match=r"conflict\.not_offered"):
            decide(house, owner, verb)
    assert {row.state for row in house.rows(select(QuarantineRow))} == {"open"}


def test_saying_that_the_study_stays_leaves_the_objects_to_the_hospital_that_sent_them(house: House) -> None:
    series = another_hospitals_objects(house)
    owner, sender = house.person(Role.TECHNOLOGIST, "a"), house.person(Role.TECHNOLOGIST, "b")
    assert held(house)
    row = decide(house, owner, "study_stays")
    assert row.site_id == house.sites["a"]
    assert conflicts(house, owner) == ()
    assert not held(house)
    (there,) = conflicts(house, sender)
    assert there.stays is not None
    assert (there.stays.by_name, there.stays.site_id, there.offers) == (
        owner.name, house.sites["a"], ("keep_old", "other_patient"),
    )  # fmt: skip
    (fact,) = house.facts("ConflictDecided")
    assert (fact.details["verb"], set(fact.sites)) == ("study_stays", set(house.sites.values()))
    late = synth.ct_slice(9, patient_id="B99", study_uid=str(series[0].StudyInstanceUID))
    assert house.send(late, "b").kind is Kind.IDENTITY
    assert not held(house)
    assert conflicts(house, owner) == ()
    decided = decide(house, sender, "other_patient")
    assert decided.site_id == house.sites["b"]
    assert {each.state for each in house.rows(select(QuarantineRow))} == {"resolved"}
    undo(house, owner, row)
    assert {each.state for each in house.rows(select(QuarantineRow))} == {
        "resolved"
    }  # what was decided is the sender's
    assert not held(house)
    undo(house, sender, decided)
    assert held(house)


def test_a_statement_that_is_taken_back_asks_the_hospital_again(house: House) -> None:
    another_hospitals_objects(house)
    owner = house.person(Role.TECHNOLOGIST, "a")
    row = decide(house, owner, "study_stays")
    with pytest.raises(Refused, match="permit"):
        undo(house, house.person(Role.TECHNOLOGIST, "b"), row)
    undo(house, owner, row)
    assert held(house)
    assert conflicts(house, owner)[0].offers == ("study_stays",)
    assert conflicts(house, owner)[0].stays is None


def test_a_reason_is_needed_and_a_decision_is_undone_once(house: House) -> None:
    an_object_conflict(house)
    someone = house.person(Role.TECHNOLOGIST, "a")
    (found,) = conflicts(house, someone)
    with pytest.raises(Refused, match=r"field\.empty"):
        identity_decide.decide(house.store, house.blobs, someone, found.key, "keep_old", "  ")
    row = decide(house, someone, "keep_old")
    undo(house, someone, row)
    with pytest.raises(Refused, match=r"identity\.undone"):
        undo(house, someone, row)


def patients_of(house: House, numbers: int = 5) -> list[str]:
    for place in range(numbers):
        house.send(synth.ct_slice(patient_id=f"T{place}"), "ab"[place % 2])
    return [row.id for row in house.rows(select(PatientRow).order_by(PatientRow.number))]


def test_a_merged_number_finds_the_studies_of_both_for_who_sees_them_and_for_nobody_else(house: House) -> None:
    one, _, other, *_ = patients_of(house)  # T0 and T2 are both of county a
    someone = house.person(Role.TECHNOLOGIST, "a")
    with house.store.work(someone) as work:
        row = merge.merge(work, someone, one, other, "同一患者，急诊临时号")
    with house.store.read(someone) as work:
        for asked in (find.Match(patient_number="T0"), find.Match(any_of="T2"), find.Match(patient_number="T2*")):
            found = find.studies(work, someone, asked).items
            assert {each.study.patient_number for each in found} == {"T0", "T2"}
        elsewhere = house.person(Role.TECHNOLOGIST, "b")
        assert find.studies(work, elsewhere, find.Match(patient_number="T0")).items == ()
    with house.store.work(someone) as work:
        merge.unmerge(work, someone, row.id, "看错了")
    with house.store.read(someone) as work:
        found = find.studies(work, someone, find.Match(patient_number="T0")).items
        assert {each.study.patient_number for each in found} == {"T0"}


def test_numbers_of_two_hospitals_are_merged_only_by_who_may_at_both(house: House) -> None:
    one, other, *_ = patients_of(house)
    for place in "ab":
        someone = house.person(Role.COORDINATOR, place)
        with pytest.raises(Refused, match="permit"), house.store.work(someone) as work:
            merge.merge(work, someone, one, other, "同一患者")
    with house.store.work(both(house)) as work:
        merge.merge(work, both(house), one, other, "同一患者")
    (told,) = house.facts("PatientsMerged")
    under = house.rows(select(StudyRow).where(StudyRow.patient_id.in_([one, other])))
    assert set(told.details["studies"]) == {study.id for study in under} != set()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=12))
def test_whatever_is_merged_and_unmerged_the_state_is_what_the_log_says_and_nobody_sees_more(
    house: House, steps: list[tuple[int, int, bool]]
) -> None:
    patients = patients_of(house) if not house.rows(select(PatientRow)) else [
        row.id for row in house.rows(select(PatientRow).order_by(PatientRow.number))
    ]  # fmt: skip
    actor, seen = both(house), what_each_sees(house)
    standing: list[DecisionRow] = []
    for one, other, takes_back in steps:
        try:
            with house.store.work(actor) as work:
                if takes_back and standing:
                    merge.unmerge(work, actor, standing.pop((one + other) % len(standing)).id, "看错了")
                else:
                    standing.append(merge.merge(work, actor, patients[one], patients[other], "同一患者"))
        except Refused as refused:
            if refused.code != "identity.one_person":
                raise
        log = identity.people((str(row.gone_id), str(row.kept_id)) for row in standing)
        assert {row.id: row.person_id for row in house.rows(select(PatientRow)) if row.person_id} == log
        assert what_each_sees(house) == seen
    while standing:
        with house.store.work(actor) as work:
            merge.unmerge(work, actor, standing.pop().id, "清理")
    assert {row.person_id for row in house.rows(select(PatientRow))} == {None}


def what_each_sees(house: House) -> dict[str, set[str]]:
    """The studies that anybody at each county sees."""
    found: dict[str, set[str]] = {}
    for place in "ab":
        actor = house.person(Role.COORDINATOR, place)
        with house.store.read(actor) as work:
            query = select(StudyRow.id).where(visible(StudyRow.id, actor, work.now, "study.see"))
            found[place] = set(work.session.scalars(query))
    return found
