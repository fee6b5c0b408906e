"""A rejection note hides what it names at once and everywhere, keeps it, and can be lifted (IHE IOCM)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom import Dataset
from sqlalchemy import select

from teleconsult import reading, reporting
from teleconsult.access import SYSTEM, identify, notices
from teleconsult.imaging import manifest_shelf, queries, rejection, rejection_ahead, retrieve
from teleconsult.imaging.find import Match, instances, series, studies
from teleconsult.imaging.rejection_notes import read_note
from teleconsult.imaging.tables import InstanceRow, StudyRow
from teleconsult.kernel.errors import Meaning, Refused
from teleconsult.reading.tables import TaskRow
from teleconsult.records.tables import FactRow
from teleconsult.reporting import Ed25519Signer, Keyring
from teleconsult.reporting.queries import verify
from teleconsult.reporting.tables import ReportRow
from tests import synth
from tests.builders import Alliance, a_system, an_alliance
from tests.notes import a_note
from tests.working import arrive, settle_all, work_off

BOTH = ["sqlite_url", pytest.param("postgres_url", marks=pytest.mark.needs_postgres)]


@pytest.fixture(params=BOTH)
def alliance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Alliance]:
    system = a_system(tmp_path / "home", request.getfixturevalue(request.param))
    yield an_alliance(system)
    system.store.engine.dispose()


def prepared(alliance: Alliance, count: int = 3) -> list[Dataset]:
    """A series of county A, prepared and routed."""
    slices = synth.a_ct_series(count)
    for ds in slices:
        arrive(alliance.system, synth.as_bytes(ds))
    settle_all(alliance.system)
    work_off(alliance.system)
    return slices


def send(alliance: Alliance, note: Dataset, scanner: str = "SCANNER_A") -> None:
    arrive(alliance.system, synth.as_bytes(note), scanner)
    work_off(alliance.system)


def study(alliance: Alliance) -> StudyRow:
    with alliance.system.read() as work:
        return work.session.scalars(select(StudyRow).order_by(StudyRow.arrived_at)).first()  # type: ignore[return-value]


def listed(alliance: Alliance, login: str = "reader", match: Match | None = None) -> set[str]:
    with alliance.system.read() as work:
        found = instances(work, alliance.people[login], match or Match()).items
        return {each.instance.sop_uid for each in found if each.instance is not None}


def in_the_viewer(alliance: Alliance) -> set[str]:
    row = study(alliance)
    manifest = json.loads(
        gzip.decompress(manifest_shelf.manifest_bytes(alliance.system.blobs, row.id, row.shown_version))
    )
    return {each["sop_uid"] for series in manifest["series"] for each in series["instances"]}


def given_out(alliance: Alliance, match: Match) -> set[str]:
    with alliance.system.read() as work:
        peer = identify(work, "SCANNER_A", "127.0.0.1")
        assert peer is not None
        return {each.sop_uid for each in retrieve.objects(work, peer.actor(), match)}


def facts(alliance: Alliance, name: str) -> list[FactRow]:
    with alliance.system.read() as work:
        return list(work.session.scalars(select(FactRow).where(FactRow.name == name)))


def keyring(alliance: Alliance) -> Keyring:
    return Keyring(Ed25519Signer(alliance.system.keys.signing).public_key)


def uid(ds: Dataset) -> str:
    return str(ds.SOPInstanceUID)


@pytest.mark.parametrize("code", sorted(rejection.CODES))
def test_what_a_note_names_is_in_no_list_no_viewer_and_given_to_no_peer_and_is_kept(
    alliance: Alliance, code: str
) -> None:
    slices = prepared(alliance)
    send(alliance, a_note(code, slices[:1]))
    left = {uid(ds) for ds in slices[1:]}
    assert listed(alliance) == left
    assert in_the_viewer(alliance) == left
    assert given_out(alliance, Match(study_uids=[str(slices[0].StudyInstanceUID)])) == left
    row = study(alliance)
    assert (row.instance_count, row.series_count, row.modalities) == (2, 1, ["CT"])
    with alliance.system.read() as work:
        kept = work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == uid(slices[0]))).one()
    assert kept.rejected == code
    assert alliance.system.blobs.exists(kept.blob_key)


@pytest.mark.parametrize("code", sorted(rejection.CODES))
def test_what_was_rejected_is_given_to_nobody_who_names_it_either(alliance: Alliance, code: str) -> None:
    slices = prepared(alliance)
    send(alliance, a_note(code, slices[:1]))
    named = Match(sop_uids=[uid(slices[0])])
    assert given_out(alliance, named) == set()
    reader = alliance.people["reader"]
    with alliance.system.read() as work:
        for search in (studies, series, instances):
            assert search(work, reader, named).items == ()
        with pytest.raises(Refused, match=r"instance\.absent"):
            queries.instance_of(work, study(alliance).id, uid(slices[0]))
        with pytest.raises(Refused, match=r"instance\.absent"):
            queries.instance_by_uid(work, reader, str(slices[0].StudyInstanceUID), uid(slices[0]))


def test_a_study_rejected_as_a_whole_is_found_by_nobody(alliance: Alliance) -> None:
    slices = prepared(alliance)
    send(alliance, a_note("113038", slices))
    with alliance.system.read() as work:
        for search in (studies, series, instances):
            assert search(work, alliance.people["reader"], Match()).items == ()


def test_the_reader_is_told_and_the_list_of_pictures_is_another_version(alliance: Alliance) -> None:
    slices = prepared(alliance)
    before = study(alliance)
    send(alliance, a_note("113037", slices[:1]))
    after = study(alliance)
    assert before.shown_version is not None
    assert after.shown_version is not None
    assert after.shown_version > before.shown_version
    (fact,) = facts(alliance, "ObjectsRejected")
    assert alliance.sites["city"] in fact.sites
    assert [row.version for row in facts(alliance, "StudyRedrawn")] == [fact.version]
    with alliance.system.read() as work:
        told = [notice.row.code for notice in notices(work, alliance.people["reader"])]
    assert "study.rejected" in told


def test_before_the_list_is_made_anew_it_is_given_without_what_was_rejected(alliance: Alliance) -> None:
    slices = prepared(alliance)
    row = study(alliance)
    with alliance.system.work() as work:
        rows = work.session.scalars(select(InstanceRow).where(InstanceRow.sop_uid == uid(slices[0]))).all()
        rejection.set_aside(work, rows, rejection.SAFETY, "SCANNER_A")
        assert rejection.is_outdated(work, row.id, row.shown_version)
        gone = rejection.rejected_uids(work, row.id)
    packed = manifest_shelf.manifest_bytes(alliance.system.blobs, row.id, row.shown_version)
    made = json.loads(gzip.decompress(manifest_shelf.without(packed, gone)))
    shown = [each for series in made["series"] for each in series["instances"]]
    assert {each["sop_uid"] for each in shown} == {uid(ds) for ds in slices[1:]}
    assert all("preview" not in each for each in shown)
    assert all(series["thumb"] is None for series in made["series"])
    work_off(alliance.system)
    with alliance.system.read() as work:
        assert not rejection.is_outdated(work, row.id, study(alliance).shown_version)


def test_a_note_brings_no_late_image(alliance: Alliance) -> None:
    slices = prepared(alliance)
    send(alliance, a_note("113001", slices[:1]))
    settle_all(alliance.system)
    work_off(alliance.system)
    assert facts(alliance, "LateImagesArrived") == []
    arrive(alliance.system, synth.as_bytes(synth.ct_slice(9, study_uid=str(slices[0].StudyInstanceUID))))
    settle_all(alliance.system)
    assert len(facts(alliance, "LateImagesArrived")) == 1


def test_a_note_of_another_hospital_does_nothing_and_is_reported(alliance: Alliance) -> None:
    slices = prepared(alliance)
    own = synth.ct_slice(1, patient_id="B1")
    arrive(alliance.system, synth.as_bytes(own), "SCANNER_B")
    send(alliance, a_note("113037", slices, study=own), "SCANNER_B")
    assert {uid(ds) for ds in slices} <= listed(alliance)
    (fact,) = facts(alliance, "RejectionIgnored")
    assert fact.sites == [alliance.sites["county_b"]]
    assert fact.details["objects"] == 3
    assert facts(alliance, "ObjectsRejected") == []


def test_a_key_object_selection_of_another_title_rejects_nothing(alliance: Alliance) -> None:
    slices = prepared(alliance)
    send(alliance, a_note("113000", slices))
    assert {uid(ds) for ds in slices} <= listed(alliance)
    assert facts(alliance, "ObjectsRejected") == []


def test_what_was_rejected_stays_so_when_it_is_sent_again(alliance: Alliance) -> None:
    slices = prepared(alliance)
    send(alliance, a_note("113038", slices[:1]))
    arrive(alliance.system, synth.as_bytes(slices[0]))
    assert uid(slices[0]) not in listed(alliance)


def test_lifting_shows_exactly_what_was_shown_and_is_for_the_hospitals_own_people(alliance: Alliance) -> None:
    slices = prepared(alliance)
    row, before = study(alliance), in_the_viewer(alliance)
    send(alliance, a_note("113037", slices[:2]))
    for login, code in (("doctor_a", Meaning.FORBIDDEN), ("coordinator", Meaning.FORBIDDEN)):
        person = alliance.people[login]
        with pytest.raises(Refused) as caught, alliance.system.work(person) as work:
            rejection.lift(work, person, row.id, "113037", "核对无误")
        assert caught.value.meaning is code
    technician = alliance.people["technician_a"]
    with alliance.system.work(technician) as work:
        assert rejection.lift(work, technician, row.id, "113037", "核对无误") == 2
    work_off(alliance.system)
    assert {uid(ds) for ds in slices} == before
    assert before == in_the_viewer(alliance) == listed(alliance)
    with alliance.system.work(technician) as work, pytest.raises(Refused, match=r"rejection\.absent"):
        rejection.lift(work, technician, row.id, "113037", "核对无误")


@pytest.mark.parametrize("count", [1, 3])
def test_a_note_that_was_lifted_stays_hidden_and_only_another_note_rejects_again(
    alliance: Alliance, count: int
) -> None:
    slices = prepared(alliance)
    whole, row = {uid(ds) for ds in slices}, study(alliance)
    note, technician = a_note("113001", slices[:count]), alliance.people["technician_a"]
    send(alliance, note)
    assert study(alliance).modalities == ["CT"], "also where nothing is shown"
    with alliance.system.work(technician) as work:
        rejection.lift(work, technician, row.id, "113001", "误发")
    work_off(alliance.system)

    def as_before() -> None:
        after = study(alliance)
        assert (after.instance_count, after.series_count, after.modalities) == (3, 1, ["CT"])
        assert listed(alliance) == in_the_viewer(alliance) == whole
        assert given_out(alliance, Match(study_uids=[str(slices[0].StudyInstanceUID)])) == whole
        assert given_out(alliance, Match(sop_uids=[uid(note)])) == set()
        with alliance.system.read() as work:
            assert rejection.standing(work, None) == ()
            assert alliance.system.blobs.exists(
                work.session.scalars(select(InstanceRow.blob_key).where(InstanceRow.sop_uid == uid(note))).one()
            )

    as_before()
    assert facts(alliance, "RejectionRepeated") == []
    send(alliance, note)
    as_before()
    (said,) = facts(alliance, "RejectionRepeated")
    assert (said.study_id, said.details["sop_uid"]) == (row.id, uid(note))

    again = a_note("113001", slices[:count])
    send(alliance, again)
    assert listed(alliance) == {uid(ds) for ds in slices[count:]}
    send(alliance, again)
    assert len(facts(alliance, "RejectionRepeated")) == 1, "a note that stands is no news"
    with alliance.system.work(technician) as work:
        assert rejection.lift(work, technician, row.id, "113001", "误发") == count
    work_off(alliance.system)
    as_before()


def test_what_was_signed_before_still_verifies_and_what_is_signed_after_is_what_was_shown(alliance: Alliance) -> None:
    slices = prepared(alliance)
    report = signed(alliance)
    send(alliance, a_note("113037", slices[:1]))
    with alliance.system.read() as work:
        verdict = verify(work, alliance.people["reviewer"], report, keyring(alliance))
    assert verdict.valid, verdict.checks


def signed(alliance: Alliance) -> str:
    system, people = alliance.system, alliance.people
    with system.read() as work:
        task = work.session.scalars(select(TaskRow)).one()
    with system.work(people["reader"]) as work:
        reading.claim(work, people["reader"], task.id)
        report = reporting.draft(work, people["reader"], task.id)
        sections = {"findings": "双肺未见异常。", "impression": "未见异常。", "advice": ""}
        report = reporting.save(work, people["reader"], report.id, sections, report.version)
        reporting.submit(work, people["reader"], report.id)
    with system.work(people["reviewer"]) as work:
        reporting.take_review(work, people["reviewer"], report.id)
        reporting.sign(work, people["reviewer"], report.id, Ed25519Signer(system.keys.signing))
    return report.id


def test_a_report_rests_on_what_is_shown_when_it_is_signed(alliance: Alliance) -> None:
    slices = prepared(alliance)
    send(alliance, a_note("113037", slices[:1]))
    report_id = signed(alliance)
    with alliance.system.read() as work:
        verdict = verify(work, alliance.people["reviewer"], report_id, keyring(alliance))
        row = work.session.get_one(ReportRow, report_id)
    assert row.signed_at is not None
    assert uid(slices[0]) not in verdict.content.decode()
    assert all(uid(ds) in verdict.content.decode() for ds in slices[1:])


def test_a_fault_of_the_disk_is_no_fault_of_a_note(tmp_path: Path) -> None:
    """The one is tried again, the other never will be."""
    with pytest.raises(FileNotFoundError):
        read_note(tmp_path / "gone")
    (tmp_path / "garbage").write_bytes(b"no object")
    with pytest.raises(Refused, match=r"object\.unreadable"):
        read_note(tmp_path / "garbage")


@pytest.mark.parametrize("lifted", [False, True])
def test_a_study_of_which_something_is_rejected_before_it_is_prepared_is_prepared_all_the_same(
    alliance: Alliance, lifted: bool
) -> None:
    for ds in synth.a_ct_series(3):
        arrive(alliance.system, synth.as_bytes(ds))
    settle_all(alliance.system)
    with alliance.system.work(SYSTEM) as work:
        first = work.session.scalars(select(InstanceRow).order_by(InstanceRow.number)).first()
        assert first is not None
        rejection.set_aside(work, [first], rejection.QUALITY, "技师")
    if lifted:
        with alliance.system.work(SYSTEM) as work:
            rejection.take_back(work, [work.get(InstanceRow, first.id)], "技师", "核对无误")
    work_off(alliance.system)
    found = study(alliance)
    assert (found.state, found.prepared_at is not None) == ("prepared", True)
    made = manifest_shelf.manifest(alliance.system.blobs, found.id, found.shown_version)
    assert sum(len(one["instances"]) for one in made["series"]) == (3 if lifted else 2)
    with alliance.system.read() as work:
        assert work.session.scalars(select(TaskRow.state)).all() == ["queued"]


def test_what_a_note_names_before_it_comes_is_set_aside_as_it_comes(alliance: Alliance) -> None:
    slices = synth.a_ct_series(4)
    for ds in slices[:2]:
        arrive(alliance.system, synth.as_bytes(ds))
    send(alliance, a_note("113037", [slices[0], slices[2]]))
    for ds in slices[2:]:
        arrive(alliance.system, synth.as_bytes(ds))
    uids = [str(ds.SOPInstanceUID) for ds in slices]
    assert listed(alliance, "technician_a") == {uids[1], uids[3]}, "before it is prepared"
    settle_all(alliance.system)
    work_off(alliance.system)
    assert listed(alliance) == in_the_viewer(alliance) == {uids[1], uids[3]}
    assert (study(alliance).instance_count, study(alliance).series_count) == (2, 1)


def test_a_note_that_comes_before_all_of_its_images_hides_them_and_itself(alliance: Alliance) -> None:
    slices = synth.a_ct_series(3)
    note = a_note("113001", slices[:2])
    send(alliance, note)
    for ds in slices:
        arrive(alliance.system, synth.as_bytes(ds))
    settle_all(alliance.system)
    work_off(alliance.system)
    assert listed(alliance) == in_the_viewer(alliance) == {str(slices[2].SOPInstanceUID)}
    assert given_out(alliance, Match()) == {str(slices[2].SOPInstanceUID)}
    with alliance.system.read() as work:
        assert queries.rejected_in(work, [study(alliance).id]) == {study(alliance).id: 2}


def test_a_late_image_that_a_note_named_is_shown_to_nobody(alliance: Alliance) -> None:
    slices = prepared(alliance)
    late = synth.a_ct_series(4, study_uid=str(slices[0].StudyInstanceUID))[3]
    late.SeriesInstanceUID, late.PatientID = slices[0].SeriesInstanceUID, slices[0].PatientID
    send(alliance, a_note("113037", [late]))
    shown_before = in_the_viewer(alliance)
    assert len(facts(alliance, "ObjectsRejected")) == 0
    arrive(alliance.system, synth.as_bytes(late))
    settle_all(alliance.system)
    work_off(alliance.system)
    assert in_the_viewer(alliance) == shown_before
    assert facts(alliance, "LateImagesArrived") == []


def test_what_was_named_ahead_and_lifted_stays_shown_when_more_comes(alliance: Alliance) -> None:
    slices = synth.a_ct_series(3)
    send(alliance, a_note("113001", slices[:1]))
    arrive(alliance.system, synth.as_bytes(slices[0]))
    with alliance.system.work() as work:
        rejection.lift(work, alliance.people["technician_a"], study(alliance).id, "113001", "误操作")
    for ds in slices[1:]:
        arrive(alliance.system, synth.as_bytes(ds))
    settle_all(alliance.system)
    work_off(alliance.system)
    assert listed(alliance) == {str(ds.SOPInstanceUID) for ds in slices}


def test_another_hospital_s_note_hides_nothing_that_comes_later(alliance: Alliance) -> None:
    slices = synth.a_ct_series(2)
    elsewhere = synth.ct_slice(1, patient_id="B-1")
    arrive(alliance.system, synth.as_bytes(elsewhere), "SCANNER_B")
    send(alliance, a_note("113037", slices, elsewhere), "SCANNER_B")
    prepared_uids = set()
    for ds in slices:
        arrive(alliance.system, synth.as_bytes(ds))
        prepared_uids.add(str(ds.SOPInstanceUID))
    settle_all(alliance.system)
    work_off(alliance.system)
    assert prepared_uids <= listed(alliance)


def test_what_came_while_its_note_was_read_is_set_aside_before_it_is_prepared(alliance: Alliance) -> None:
    """Neither saw the other: the note was read without the image, the image taken in without the note."""
    slices = synth.a_ct_series(2)
    for ds in slices:
        arrive(alliance.system, synth.as_bytes(ds))
    with alliance.system.work() as work:
        named = [(str(slices[0].StudyInstanceUID), str(slices[0].SOPInstanceUID))]
        rejection_ahead.expect(work, alliance.sites["county_a"], named, "113037", "1.2.3", "SCANNER_A")
    settle_all(alliance.system)
    work_off(alliance.system)
    assert listed(alliance) == in_the_viewer(alliance) == {str(slices[1].SOPInstanceUID)}
