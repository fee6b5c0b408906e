"""An object comes in: what is kept, what is counted, what is set apart. On SQLite and PostgreSQL."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEGLSLossless, generate_uid
from sqlalchemy import select

from teleconsult.access.tables import ShareRow
from teleconsult.imaging.header import read_stored
from teleconsult.imaging.ingest import Kind, Limits, image_key
from teleconsult.imaging.part10 import read_part10
from teleconsult.imaging.tables import ArrivalRow, InstanceRow, PatientRow, QuarantineRow, SeriesRow, StudyRow
from teleconsult.kernel.errors import Meaning, Refused
from tests import synth
from tests.arriving import House, a_house


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


def the_study(house: House) -> StudyRow:
    (study,) = house.rows(select(StudyRow))
    assert isinstance(study, StudyRow)
    return study


def test_a_first_object_makes_patient_study_series_instance_share_and_one_fact(house: House) -> None:
    ds = synth.ct_slice(patient_name="Ceshi^Jia=测试^甲", patient_id="T7", AccessionNumber="A9")
    outcome = house.send(ds)
    assert outcome.kind is Kind.STORED
    study = the_study(house)
    assert (study.name, study.name_shown, study.patient_number, study.accession) == (
        "Ceshi^Jia=测试^甲",
        "测试甲",
        "T7",
        "A9",
    )
    assert (study.modality, study.modalities, study.series_count, study.instance_count) == ("CT", ["CT"], 1, 1)
    assert (study.state, study.study_date, study.description) == ("receiving", "20260102", "Chest")
    (share,) = house.rows(select(ShareRow))
    assert (share.study_id, share.site_id, share.why) == (study.id, house.sites["a"], "origin")
    (fact,) = house.facts("StudyArrived")
    assert fact.study_id == study.id
    assert "测试" not in str(fact.details)


def test_the_bytes_are_kept_exactly_as_received(house: House) -> None:
    ds = synth.ct_slice()
    house.send(ds)
    (row,) = house.rows(select(InstanceRow))
    stored = house.blobs.read(row.blob_key)
    assert stored[row.dataset_offset :] == synth.dataset_bytes(ds)
    assert row.size == len(stored) - row.dataset_offset
    assert list(house.blobs.staging().iterdir()) == []


def test_a_series_of_objects_is_counted_and_announced_once(house: House) -> None:
    for ds in synth.a_ct_series(4):
        house.send(ds)
    study = the_study(house)
    (series,) = house.rows(select(SeriesRow))
    assert (study.instance_count, study.series_count, series.instance_count) == (4, 1, 4)
    assert len(house.facts("StudyArrived")) == 1
    assert study.version == 1
    assert study.size == sum(row.size for row in house.rows(select(InstanceRow)))


def test_the_modality_a_study_is_read_as_is_the_one_that_makes_images(house: House) -> None:
    uid = generate_uid()
    house.send(synth.an_encapsulated_pdf(study_uid=uid, StudyDescription=None))
    assert the_study(house).modality == "DOC"
    house.send(synth.a_dx(study_uid=uid))
    study = the_study(house)
    assert (study.modality, study.modalities, study.description) == ("DX", ["DOC", "DX"], "Chest")


def test_the_very_same_object_again_is_a_repeat_kept_once(house: House) -> None:
    ds = synth.ct_slice()
    first = house.send(ds)
    again = house.send(ds)
    assert (again.kind, again.instance_id) == (Kind.REPEAT, first.instance_id)
    assert the_study(house).instance_count == 1
    kinds = [row.kind for row in house.rows(select(ArrivalRow).order_by(ArrivalRow.id))]
    assert kinds == ["stored", "repeat"]


def test_a_repeat_brings_lost_bytes_back(house: House) -> None:
    ds = synth.ct_slice()
    house.send(ds)
    (row,) = house.rows(select(InstanceRow))
    house.blobs.delete(row.blob_key)
    assert house.send(ds).kind is Kind.REPEAT
    assert house.blobs.read(row.blob_key)[row.dataset_offset :] == synth.dataset_bytes(ds)


def test_bytes_left_by_a_crash_before_the_commit_are_completed_by_sending_again(house: House) -> None:
    ds = synth.ct_slice()
    staged = house.stage(synth.as_bytes(ds))
    house.blobs.adopt(staged.path, image_key(staged.transfer_syntax, staged.sha256_dataset))
    assert house.rows(select(InstanceRow)) == []
    assert house.send(ds).kind is Kind.STORED


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, JPEGLSLossless])
def test_another_transfer_syntax_of_the_same_object_is_noted_and_the_first_kept(house: House, syntax: str) -> None:
    ds = synth.ct_slice()
    first = house.send(ds)
    other = house.send(ds, syntax=syntax)
    assert (other.kind, other.instance_id) == (Kind.OTHER_SYNTAX, first.instance_id)
    (row,) = house.rows(select(InstanceRow))
    assert row.transfer_syntax == ExplicitVRLittleEndian
    kept = [path for path in (house.blobs.staging().parent / "dicom").rglob("*") if path.is_file()]
    assert len(kept) == 2  # nothing points to the second; nothing that arrived is deleted


def test_the_same_uid_with_other_content_is_set_apart_with_one_alarm(house: House) -> None:
    ds = synth.ct_slice(patient_id="T1")
    first = house.send(ds)
    ds.InstanceNumber = "99"
    for _ in range(2):
        outcome = house.send(ds)
        assert (outcome.kind, outcome.instance_id) == (Kind.CONFLICT, first.instance_id)
    (row,) = house.rows(select(InstanceRow))
    assert row.number == 1
    (case,) = house.rows(select(QuarantineRow))
    assert (case.reason, case.times, case.state) == ("instance.conflict", 2, "open")
    assert house.blobs.read(case.blob_key)[case.dataset_offset :] == synth.dataset_bytes(ds)
    assert len(house.facts("InstanceConflicted")) == 1
    assert the_study(house).instance_count == 1


def test_the_same_uid_in_another_syntax_with_another_identity_is_a_conflict(house: House) -> None:
    ds = synth.ct_slice()
    house.send(ds)
    ds.PatientID = "T2"
    assert house.send(ds, syntax=ImplicitVRLittleEndian).kind is Kind.CONFLICT


def test_the_same_bytes_under_another_transfer_syntax_never_replace_the_first(house: House) -> None:
    ds = synth.an_encapsulated_pdf()
    part10 = synth.as_bytes(ds)
    house.send_bytes(part10)
    mislabelled = part10.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0")
    assert house.send_bytes(mislabelled).kind is Kind.OTHER_SYNTAX
    (row,) = house.rows(select(InstanceRow))
    assert house.blobs.read(row.blob_key) == part10


def test_a_known_study_for_another_patient_is_set_apart_with_an_alarm(house: House) -> None:
    first, second = synth.a_ct_series(2)
    house.send(first)
    second.PatientID = "SOMEBODY ELSE"
    outcome = house.send(second)
    assert (outcome.kind, outcome.instance_id) == (Kind.IDENTITY, None)
    assert the_study(house).instance_count == 1
    assert len(house.rows(select(PatientRow))) == 1
    (case,) = house.rows(select(QuarantineRow))
    assert case.reason == "identity.conflict"
    assert house.blobs.exists(case.blob_key)
    assert len(house.facts("IdentityConflicted")) == 1
    second.PatientID = first.PatientID
    assert house.send(second).kind is Kind.STORED


def test_a_study_that_another_hospital_sends_too_is_no_silent_repeat(house: House) -> None:
    ds = synth.ct_slice()
    house.send(ds, "a")
    outcome = house.send(ds, "b")
    assert (outcome.kind, outcome.instance_id) == (Kind.IDENTITY, None)
    (fact,) = house.facts("IdentityConflicted")
    assert set(fact.sites) == {house.sites["a"], house.sites["b"]}
    (case,) = house.rows(select(QuarantineRow))
    assert (case.site_id, house.blobs.exists(case.blob_key)) == (house.sites["b"], True)


def test_the_same_data_set_behind_another_meta_group_is_still_read_right(house: House) -> None:
    ds = synth.ct_slice(patient_name="测试^甲")
    house.send(ds)
    part10 = synth.as_bytes(ds)
    longer = _with_longer_meta(part10)
    assert house.send_bytes(longer).kind is Kind.REPEAT
    (row,) = house.rows(select(InstanceRow))
    file = house.blobs.path(row.blob_key)
    assert file is not None
    assert read_stored(file).name == "测试^甲"


def _with_longer_meta(part10: bytes) -> bytes:
    """The same data set; its meta group says besides which application sent it."""
    found = dcmread(io.BytesIO(part10))
    found.file_meta.SourceApplicationEntityTitle = "SOMEWHERE"
    out = io.BytesIO()
    dcmwrite(out, found, enforce_file_format=True)
    meta = read_part10(out.getvalue())
    return out.getvalue()[: meta.dataset_offset] + part10[read_part10(part10).dataset_offset :]


def test_the_same_number_from_two_hospitals_is_two_patients(house: House) -> None:
    house.send(synth.ct_slice(patient_id="T1"), "a")
    house.send(synth.ct_slice(patient_id="T1"), "b")
    patients = house.rows(select(PatientRow))
    assert {patient.issuer for patient in patients} == {house.sites["a"], house.sites["b"]}
    assert {patient.number for patient in patients} == {"T1"}


def test_two_studies_of_one_patient_are_one_patient_and_a_differing_name_shows(house: House) -> None:
    house.send(synth.ct_slice(patient_name="Ceshi^Jia=测试^甲"))
    house.send(synth.ct_slice(patient_name="测试^甲"))
    house.send(synth.ct_slice(patient_name="某某^乙"))
    assert len(house.rows(select(PatientRow))) == 1
    assert [study.name_differs for study in house.rows(select(StudyRow).order_by(StudyRow.id))] == [False, False, True]


def test_an_issuer_that_is_mapped_for_the_peer_counts_and_others_do_not(house: House) -> None:
    house.peers["a"] = replace(house.peers["a"], issuers={"REGION": "region"})
    house.send(synth.ct_slice(patient_id="T1", IssuerOfPatientID="REGION"))
    house.send(synth.ct_slice(patient_id="T1", IssuerOfPatientID="WHOEVER"))
    assert {patient.issuer for patient in house.rows(select(PatientRow))} == {"region", house.sites["a"]}


def test_studies_without_a_patient_number_are_patients_of_their_own(house: House) -> None:
    house.send(synth.ct_slice(patient_id=""))
    house.send(synth.ct_slice(patient_id=""))
    assert len(house.rows(select(PatientRow))) == 2


def test_the_peers_charset_overrides_what_the_header_says(house: House) -> None:
    house.peers["a"] = replace(house.peers["a"], charset="GB18030")
    house.send(synth.ct_slice(patient_name="某", charset="gb18030", charset_declared="ISO_IR 100"))
    study = the_study(house)
    assert (study.name, study.charset_reason, study.doubtful) == ("某", "override", False)
    assert study.name_raw.strip() == "某".encode("gb18030")


def test_a_doubtful_name_is_marked(house: House) -> None:
    house.send(synth.ct_slice(name_bytes="測試^繁體".encode("big5"), charset_declared=None))
    assert the_study(house).doubtful


def refused(house: House, part10: bytes, limits: Limits | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        house.send_bytes(part10, "a", limits or Limits())
    assert list(house.blobs.staging().iterdir()) == []
    return caught.value


def test_a_truncated_object_is_refused_and_its_bytes_kept_for_the_technologist(house: House) -> None:
    part10 = synth.as_bytes(synth.ct_slice())[:-100]
    for _ in range(2):
        error = refused(house, part10)
        assert (error.meaning, error.code) == (Meaning.INVALID, "object.unreadable")
    (case,) = house.rows(select(QuarantineRow))
    assert (case.reason, case.times, case.site_id) == ("object.unreadable", 2, house.sites["a"])
    assert house.blobs.read(case.blob_key) == part10
    assert len(house.facts("ObjectRefused")) == 1
    assert house.rows(select(StudyRow)) == []
    assert len([path for path in (house.blobs.staging().parent / "quarantine").iterdir()]) == 1


def test_an_object_without_uids_is_refused_and_kept(house: House) -> None:
    part10 = synth.as_bytes(synth.a_dx(SeriesInstanceUID=None))
    error = refused(house, part10)
    assert (error.code, error.params["missing"]) == ("object.no_uids", "SeriesInstanceUID")
    assert len(house.rows(select(QuarantineRow))) == 1


def test_what_is_no_dicom_at_all_is_refused_and_kept(house: House) -> None:
    assert refused(house, b"%PDF-1.4 hello").code == "object.unreadable"
    assert refused(house, b"").code == "object.unreadable"
    assert len(house.rows(select(QuarantineRow))) == 2


def test_an_object_that_is_not_what_was_announced_is_refused_and_kept(house: House) -> None:
    part10 = synth.as_bytes(synth.ct_slice(sop_uid="1.2.3.4"))
    assert refused(house, part10.replace(b"1.2.3.4", b"1.2.3.5", 1)).code == "object.class_mismatch"


def test_refused_objects_fill_only_what_is_set_and_are_noted_beyond(house: House) -> None:
    limits = Limits(quarantine_bytes=200)
    refused(house, b"x" * 150, limits)
    refused(house, b"y" * 150, limits)
    kept, noted = house.rows(select(QuarantineRow).order_by(QuarantineRow.id))
    assert kept.blob_key is not None
    assert noted.blob_key is None
    assert [fact.details["kept"] for fact in house.facts("ObjectRefused")] == [True, False]


def test_a_full_store_says_busy_leaves_nothing_and_recovers(house: House) -> None:
    part10 = synth.as_bytes(synth.ct_slice())
    roomy, house.blobs = house.blobs, type(house.blobs)(house.blobs.staging().parent, 100)  # type: ignore[call-arg]
    with pytest.raises(Refused) as caught:
        house.send_bytes(part10)
    assert (caught.value.meaning, caught.value.code) == (Meaning.BUSY, "storage.full")
    assert [path for path in roomy.staging().parent.rglob("*") if path.is_file()] == []
    assert house.rows(select(ArrivalRow)) == []
    house.blobs = roomy
    assert house.send_bytes(part10).kind is Kind.STORED


def test_what_is_kept_apart_says_whose_it_is_and_whom_it_clashes_with(house: House) -> None:
    first = synth.ct_slice(1, patient_name="测试甲", patient_id="A1")
    other = synth.ct_slice(2, patient_name="测试乙", patient_id="B2", study_uid=str(first.StudyInstanceUID))
    without = synth.ct_slice(3, patient_name="测试丙", patient_id="C3")
    del without.StudyInstanceUID
    house.send(first)
    house.send(other)
    with pytest.raises(Refused, match=r"object\.no_uids"):
        house.send(without)
    rows = {row.reason: row.params for row in house.rows(select(QuarantineRow))}
    clash = rows["identity.conflict"]
    assert (clash["name"], clash["patient_id"]) == ("测试乙", "B2")
    assert (clash["known_name"], clash["known_patient_id"]) == ("测试甲", "A1")
    assert (rows["object.no_uids"]["name"], rows["object.no_uids"]["modality"]) == ("测试丙", "CT")
