"""Demo studies: made-up names survive each way of writing them; a study prepared twice is the same study."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import FileMetaDataset

from teleconsult.demo import cast, studies
from teleconsult.demo.identity import DECLARED, Visit, stamp
from teleconsult.demo.phantoms import objects
from teleconsult.imaging.header import header_of
from teleconsult.imaging.part10 import read_part10
from teleconsult.imaging.rejection_notes import read_note
from teleconsult.kernel.clock import FixedClock
from teleconsult.kernel.errors import Refused
from tests import synth

AT = datetime(2026, 1, 2, 20, 30, tzinfo=UTC)
SLOW = ("chest-ct", "chest-dx", "chest-dx-twice", "breast-1", "breast-2", "brain-mr")
QUICK = [plan for plan in studies.PLANS if plan.key not in SLOW and not (plan.again or plan.into or plan.cut)]


def header(path: Path) -> Any:
    octets = path.read_bytes()
    meta = read_part10(octets)
    return header_of(octets, meta.transfer_syntax, meta.dataset_offset)


@pytest.mark.parametrize("plan", QUICK, ids=lambda plan: plan.key)
def test_the_product_reads_names_and_hospital_as_they_were_meant(plan: studies.Plan, tmp_path: Path) -> None:
    files = studies.prepare(plan, tmp_path / "outbox", tmp_path / "kept", FixedClock(AT))

    assert files, f"{plan.key} comes from a package that is not installed"
    for path in files:
        read = header(path)
        assert read.name == cast.PATIENTS[plan.patient].name
        assert read.institution == cast.site(plan.county).name
        assert read.study_description == plan.description
        assert read.patient_id == cast.PATIENTS[plan.patient].patient_id
        assert read.priority == plan.priority
        assert not read.doubtful
    assert len({header(path).study_uid for path in files}) == 1


def test_each_way_of_writing_is_in_the_bytes() -> None:
    name = "测试甲"
    for site in cast.senders():
        visit = Visit("key", cast.PATIENTS["甲"], site, "胸部", AT)
        ds = stamp(objects.heart_ecg(), visit)[0]
        octets = synth.as_bytes(ds)
        codec = {"GB18030": "gb18030", "GBK as Latin-1": "gbk", "UTF-8": "utf-8"}[site.writing]
        assert name.encode(codec) in octets
        assert DECLARED[site.writing].encode() in octets
    assert {site.writing for site in cast.senders()} == set(DECLARED)


def test_one_plan_claims_anothers_study_for_its_own_patient(tmp_path: Path) -> None:
    stray = next(plan for plan in studies.PLANS if plan.key == "chest-cr-stray")
    claimed = next(plan for plan in studies.PLANS if plan.key == stray.into)
    assert stray.county == claimed.county
    assert stray.after > claimed.after
    assert stray.patient != claimed.patient
    (file,) = studies.prepare(stray, tmp_path / "stray", tmp_path / "kept", FixedClock(AT))
    files = studies.prepare(claimed, tmp_path / "claimed", tmp_path / "kept", FixedClock(AT))
    assert header(file).study_uid == header(files[0]).study_uid
    assert header(file).sop_uid not in {header(each).sop_uid for each in files}
    assert header(file).patient_id == cast.PATIENTS[stray.patient].patient_id


def test_one_object_comes_late_into_the_study_of_its_patient(tmp_path: Path) -> None:
    plans = {plan.key: plan for plan in studies.PLANS}
    late, first = plans["heart-us-late"], plans["heart-us"]
    assert (late.patient, late.county, late.into) == (first.patient, first.county, first.key)
    (file,) = studies.prepare(late, tmp_path / "late", tmp_path, FixedClock(AT))
    (shown,) = studies.prepare(first, tmp_path / "first", tmp_path, FixedClock(AT))
    for keyword in ("study_uid", "accession", "patient_id"):
        assert getattr(header(file), keyword) == getattr(header(shown), keyword)
    assert header(file).sop_uid != header(shown).sop_uid


def test_a_note_rejects_the_picture_that_was_taken_again(tmp_path: Path) -> None:
    plans = {plan.key: plan for plan in studies.PLANS}
    twice, rejected = plans["chest-dx-twice"], plans["chest-dx-rejected"]
    assert rejected.after > twice.after
    first, second = sorted(
        studies.prepare(twice, tmp_path / "twice", tmp_path / "kept", FixedClock(AT)),
        key=lambda path: int(dcmread(path, stop_before_pixels=True).InstanceNumber),
    )
    (file,) = studies.prepare(rejected, tmp_path / "note", tmp_path, FixedClock(AT))
    note = read_note(file)
    assert note is not None
    assert (note.code, note.named) == ("113001", {header(first).study_uid: (header(first).sop_uid,)})
    assert header(file).study_uid == header(second).study_uid
    blurred, sharp = (
        np.abs(np.diff(dcmread(path).pixel_array.astype(float), axis=1)).mean() for path in (first, second)
    )
    assert blurred < sharp * 0.8, "it is seen why"


def test_a_study_prepared_again_is_byte_for_byte_the_same(tmp_path: Path) -> None:
    plan = next(plan for plan in studies.PLANS if plan.key == "ecg-1")
    first = [path.read_bytes() for path in studies.prepare(plan, tmp_path, tmp_path, FixedClock(AT))]
    later = FixedClock(AT.replace(day=9))

    assert [path.read_bytes() for path in studies.prepare(plan, tmp_path, tmp_path, later)] == first


def test_one_object_comes_twice_with_other_pixels_and_one_is_cut_off(tmp_path: Path) -> None:
    """So that the screen of arrivals has something to show."""
    plans = {plan.key: plan for plan in studies.PLANS}
    again = next(plan for plan in studies.PLANS if plan.again)
    cut = next(plan for plan in studies.PLANS if plan.cut)
    first, second, broken = (
        studies.prepare(plan, tmp_path / plan.key, tmp_path / "kept", FixedClock(AT))[0]
        for plan in (plans[again.again], again, cut)
    )

    assert (header(second).sop_uid, header(second).patient_id) == (header(first).sop_uid, header(first).patient_id)
    assert dcmread(second).pixel_array.tolist() == dcmread(first).pixel_array[:, ::-1].tolist()
    with pytest.raises(Refused, match="unreadable"):
        header(broken)


def test_dates_in_the_header_are_chinese_time(tmp_path: Path) -> None:
    plan = next(plan for plan in studies.PLANS if plan.key == "ecg-1")
    read = header(studies.prepare(plan, tmp_path, tmp_path, FixedClock(AT))[0])

    assert (read.study_date, read.study_time) == ("20260103", "043000")


def test_whoever_a_package_file_was_of_is_forgotten(tmp_path: Path) -> None:
    ds = synth.ct_slice(
        patient_name="Test^A", charset=None, OperatorsName="Somebody", PatientAddress="Somewhere 1", OtherPatientIDs="X9", StationName="ROOM1",
        PatientComments="hello",
    )  # fmt: skip
    ds.file_meta = FileMetaDataset()
    ds.add_new(0x00091001, "LO", "private")
    octets = synth.as_bytes(stamp([ds], Visit("key", cast.PATIENTS["乙"], cast.site("COUNTY1"), "胸部", AT))[0])

    for gone in (b"Somebody", b"Somewhere", b"X9", b"ROOM1", b"hello", b"private", b"T0001", b"Test^A"):
        assert gone not in octets


def test_every_plan_names_a_county_that_sends_and_a_patient_of_the_cast() -> None:
    keys = [plan.key for plan in studies.PLANS]

    assert len(set(keys)) == len(keys)
    assert {plan.county for plan in studies.PLANS} == {site.code for site in cast.senders()}
    assert {plan.patient for plan in studies.PLANS} <= set(cast.PATIENTS)
    assert all(patient.name.startswith("测试") for patient in cast.PATIENTS.values())
    assert all(site.name.startswith("示例") for site in cast.SITES)


def test_a_folder_is_split_into_its_studies_and_other_files_are_left_out(tmp_path: Path) -> None:
    first, second = synth.a_ct_series(2), synth.a_dx()
    for ds in (*first, second):
        synth.write(ds, tmp_path / "in" / "deep")
    (tmp_path / "in" / "notes.txt").write_text("no image")
    (tmp_path / "in" / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 40)

    found = dict(studies.of_folder(tmp_path))

    assert {key: len(files) for key, files in found.items()} == {
        first[0].StudyInstanceUID: 2,
        second.StudyInstanceUID: 1,
    }
