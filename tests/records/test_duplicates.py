"""What becomes of an object that comes again, and of images that come late, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGLSLossless,
    RLELossless,
)
from sqlalchemy import select

from teleconsult import reading, reporting
from teleconsult.access import notices
from teleconsult.imaging.ingest import Kind
from teleconsult.imaging.tables import InstanceRow, QuarantineRow, StudyRow
from teleconsult.kernel.values import sha256_hex
from teleconsult.reading.tables import TaskRow
from teleconsult.reporting import Ed25519Signer, Keyring
from teleconsult.reporting.queries import verify
from tests import synth
from tests.arriving import House, a_house
from tests.builders import Alliance, a_system, an_alliance
from tests.working import arrive, settle_all, work_off

Change = Callable[[Dataset], None]


def same(ds: Dataset) -> None:
    pass


def another_number(ds: Dataset) -> None:
    ds.InstanceNumber = "99"


def other_pixels(ds: Dataset) -> None:
    ds.PixelData = np.frombuffer(ds.PixelData, "<u2")[::-1].tobytes()


def other_scale(ds: Dataset) -> None:
    ds.RescaleIntercept = "-2048"


def another_patient(ds: Dataset) -> None:
    ds.PatientID = "SOMEBODY"


def another_study(ds: Dataset) -> None:
    ds.StudyInstanceUID = "2.25.12345"


# what is different when the object comes again, in which syntax, from which county → outcome, files kept, rows in quarantine
AGAIN: tuple[tuple[Change, str, str, Kind, int, int], ...] = (
    (same, ExplicitVRLittleEndian, "a", Kind.REPEAT, 1, 0),
    (same, ImplicitVRLittleEndian, "a", Kind.OTHER_SYNTAX, 2, 0),
    (same, ExplicitVRBigEndian, "a", Kind.OTHER_SYNTAX, 2, 0),
    (same, DeflatedExplicitVRLittleEndian, "a", Kind.OTHER_SYNTAX, 2, 0),
    (same, JPEGLSLossless, "a", Kind.OTHER_SYNTAX, 2, 0),
    (same, RLELossless, "a", Kind.OTHER_SYNTAX, 2, 0),
    (other_pixels, ImplicitVRLittleEndian, "a", Kind.CONFLICT, 2, 1),
    (other_pixels, ExplicitVRBigEndian, "a", Kind.CONFLICT, 2, 1),
    (other_pixels, DeflatedExplicitVRLittleEndian, "a", Kind.CONFLICT, 2, 1),
    (other_pixels, JPEGLSLossless, "a", Kind.CONFLICT, 2, 1),
    (other_pixels, RLELossless, "a", Kind.CONFLICT, 2, 1),
    (other_scale, ImplicitVRLittleEndian, "a", Kind.CONFLICT, 2, 1),
    (other_scale, JPEGLSLossless, "a", Kind.CONFLICT, 2, 1),
    (same, ExplicitVRLittleEndian, "b", Kind.IDENTITY, 1, 1),
    (another_number, ExplicitVRLittleEndian, "a", Kind.CONFLICT, 2, 1),
    (other_pixels, ExplicitVRLittleEndian, "a", Kind.CONFLICT, 2, 1),
    (another_number, ImplicitVRLittleEndian, "a", Kind.CONFLICT, 2, 1),
    (another_patient, ExplicitVRLittleEndian, "a", Kind.CONFLICT, 2, 1),
    (another_study, ExplicitVRLittleEndian, "a", Kind.CONFLICT, 2, 1),
)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    with a_house(database_url, tmp_path) as made:
        yield made


@pytest.mark.parametrize(("change", "syntax", "county", "kind", "files", "apart"), AGAIN)
def test_what_becomes_of_an_object_that_comes_again(
    house: House, change: Change, syntax: str, county: str, kind: Kind, files: int, apart: int
) -> None:
    ds = synth.ct_slice(patient_id="T1")
    house.send(ds)
    (first,) = house.rows(select(InstanceRow))
    change(ds)
    assert house.send(ds, county, syntax).kind is kind
    assert house.send(ds, county, syntax).kind is kind  # and again
    (row,) = [each for each in house.rows(select(InstanceRow)) if each.sop_uid == first.sop_uid]
    assert (row.sha256, row.blob_key, row.transfer_syntax) == (first.sha256, first.blob_key, first.transfer_syntax)
    kept = [path for path in (house.blobs.staging().parent / "dicom").rglob("*") if path.is_file()]
    assert len(kept) == files
    assert len(house.rows(select(QuarantineRow))) == apart
    for path in kept:  # every file is named by what is in it
        content = path.read_bytes()
        assert any(path.name.startswith(sha256_hex(content[start:])) for start in range(132, 1024))


@pytest.fixture
def alliance(tmp_path: Path, database_url: str) -> Iterator[Alliance]:
    system = a_system(tmp_path / "home", database_url)
    yield an_alliance(system)
    system.store.engine.dispose()


def brought(alliance: Alliance, *objects: Dataset) -> StudyRow:
    for ds in objects:
        arrive(alliance.system, synth.as_bytes(ds))
    settle_all(alliance.system)
    work_off(alliance.system)
    with alliance.system.read() as work:
        return work.session.scalars(select(StudyRow)).one()


def the_task(alliance: Alliance) -> TaskRow:
    with alliance.system.read() as work:
        return work.session.scalars(select(TaskRow)).one()


def told(alliance: Alliance) -> list[str]:
    with alliance.system.read() as work:
        return [each.row.code for each in notices(work, alliance.people["reader"])]


def test_images_that_come_late_are_told_at_every_stage_and_change_nothing_that_was_signed(alliance: Alliance) -> None:
    system, people = alliance.system, alliance.people
    slices = synth.a_ct_series(5)
    first = brought(alliance, slices[0])
    assert not the_task(alliance).late_images
    after_settling = brought(alliance, slices[1])
    assert the_task(alliance).late_images
    assert (after_settling.shown_version or 0) > (first.shown_version or 0)
    with system.work(people["reader"]) as work:
        reading.claim(work, people["reader"], the_task(alliance).id)
        report = reporting.draft(work, people["reader"], the_task(alliance).id)
        sections = {"findings": "双肺未见异常。", "impression": "未见异常。", "advice": ""}
        report = reporting.save(work, people["reader"], report.id, sections, report.version)
    with_a_draft = brought(alliance, slices[2])
    assert (with_a_draft.shown_version or 0) > (after_settling.shown_version or 0)
    assert told(alliance).count("study.late") == 1, "nobody has looked: it is told already"
    with system.work(people["reader"]) as work:
        reporting.submit(work, people["reader"], report.id)
    with system.work(people["reviewer"]) as work:
        reporting.take_review(work, people["reviewer"], report.id)
        reporting.sign(work, people["reviewer"], report.id, Ed25519Signer(system.keys.signing))
    work_off(system)
    before = the_task(alliance).state
    brought(alliance, slices[3])
    assert "study.late_signed" in told(alliance)
    assert the_task(alliance).state == before == "verified"
    with system.read() as work:
        ring = Keyring(Ed25519Signer(system.keys.signing).public_key)
        verdict = verify(work, people["reviewer"], report.id, ring)
    assert verdict.valid
    later = next(check for check in verdict.checks if check.code == "verify.later_images")
    assert later.params["images"] == 1
    assert str(slices[3].SOPInstanceUID) not in verdict.content.decode()
